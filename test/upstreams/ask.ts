// Raw requests to a mock, for tests that show what it refuses, and what an official package reads from its stream.
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { Mock } from '../support/upstreams/mock-server.ts';
import type { JsonObject } from '../support/upstreams/refusal.ts';

export interface Told {
  readonly status: number;
  readonly text: string;
}

export async function post(
  mock: Mock,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${mock.key}` },
): Promise<Told> {
  const answer = await fetch(`${mock.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

/** What a request has to change to be refused, and the words of the refusal. */
export type RefusedCase = readonly [title: string, change: JsonObject, status: number, words: string];

/** What a package reads from one answer. */
export interface Read {
  readonly parts: readonly LanguageModelV4StreamPart[];
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly finish: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined;
}

/** Asks a model of an official package for a stream and reads it to its end. */
export async function readStream(
  model: LanguageModelV4,
  options: Partial<Parameters<LanguageModelV4['doStream']>[0]> = {},
): Promise<Read> {
  const { stream } = await model.doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    tools: [{ type: 'function', name: 'Read', inputSchema: { type: 'object', properties: {} } }],
    ...options,
  });
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return {
    parts,
    text: parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : [])).join(''),
    thinking: parts.flatMap((part) => (part.type === 'reasoning-delta' ? [part.delta] : [])).join(''),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.toolName, input: JSON.parse(part.input) as unknown }] : [],
    ),
    finish: parts.find((part) => part.type === 'finish'),
  };
}
