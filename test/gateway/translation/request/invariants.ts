// What every translated request promises, whatever came in.
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import { expect } from 'vitest';
import type { TranslatedRequest } from '../../../../src/gateway/translation/types.ts';

export function expectInvariants({ options, dropped }: TranslatedRequest): void {
  const { prompt } = options;
  expectAlternation(prompt);
  expectAnsweredCalls(prompt);
  expectNoEmptyParts(prompt);
  expect(new Set(dropped).size).toBe(dropped.length);
  for (const tool of options.tools ?? []) expect(tool.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
}

/** The sides take turns, a system message counting as one, with the results of tools right behind their calls. */
function expectAlternation(prompt: readonly LanguageModelV4Message[]): void {
  for (const [index, { role }] of prompt.entries()) {
    const before = prompt[index - 1]?.role;
    expect(before).not.toBe(role);
    if (role === 'tool') expect(before).toBe('assistant');
  }
}

function expectAnsweredCalls(prompt: readonly LanguageModelV4Message[]): void {
  const seen = new Set<string>();
  for (const [index, message] of prompt.entries()) {
    const called = message.role === 'assistant' ? idsOf(message, 'tool-call') : [];
    const next = prompt[index + 1];
    const answered = next?.role === 'tool' ? idsOf(next, 'tool-result') : [];
    if (message.role === 'assistant') expect(answered).toEqual(called);
    for (const id of called) {
      expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
  }
}

export function idsOf(message: LanguageModelV4Message, type: 'tool-call' | 'tool-result'): string[] {
  if (typeof message.content === 'string') return [];
  return message.content.flatMap((part) => (part.type === type ? [part.toolCallId] : []));
}

function expectNoEmptyParts(prompt: readonly LanguageModelV4Message[]): void {
  for (const message of prompt) {
    expect(message.content.length).toBeGreaterThan(0);
    if (typeof message.content === 'string') continue;
    for (const part of message.content) if (part.type === 'text') expect(part.text.trim()).not.toBe('');
  }
}
