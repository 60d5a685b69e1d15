// The recorded streams of every dialect say what their cases claim: the official packages read the same text, thinking,
// calls and tokens from them. One thing no package reads, and the test helps: a last event without its blank line.
import { readFileSync } from 'node:fs';
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createDeepSeek } from '@ai-sdk/deepseek';
import { createGoogle } from '@ai-sdk/google';
import { createGroq } from '@ai-sdk/groq';
import { createMistral } from '@ai-sdk/mistral';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createXai } from '@ai-sdk/xai';
import { describe, expect, it } from 'vitest';

interface DialectCase {
  readonly name: string;
  readonly file: string;
  readonly profile: string | null;
  readonly rules: string;
  readonly expect: {
    readonly thinking: string;
    readonly text: string;
    readonly calls: readonly { readonly name: string; readonly input?: unknown; readonly partial?: string }[];
    readonly stop_reason: string | null;
    readonly usage: Readonly<
      Record<'input_tokens' | 'cache_read_input_tokens' | 'output_tokens', number>
    > | null;
    readonly error: string | null;
  };
}

const root = new URL('../fixtures/dialects/', import.meta.url);
const key = { apiKey: 'fake' };

function modelFor(dialect: string, profile: string | null, fetch: typeof globalThis.fetch): LanguageModelV4 {
  switch (dialect) {
    case 'openai-responses':
      return profile === 'xai'
        ? createXai({ ...key, fetch }).responses('grok-4.3')
        : createOpenAI({ ...key, fetch })('gpt-5.5');
    case 'gemini':
      return createGoogle({ ...key, fetch })('gemini-3.5-flash');
    case 'mistral':
      return createMistral({ ...key, fetch })('magistral-medium-latest');
    case 'bedrock-converse':
      return createAmazonBedrock({ ...key, region: 'us-east-1', fetch })('us.amazon.nova-2-lite-v1:0');
    default:
      if (profile === null || profile === 'azure') return createOpenAI({ ...key, fetch }).chat('gpt-4.1');
      if (profile === 'groq') return createGroq({ ...key, fetch })('openai/gpt-oss-120b');
      if (profile === 'deepseek') return createDeepSeek({ ...key, fetch })('deepseek-v4-pro');
      return createOpenAICompatible({ ...key, name: profile, baseURL: 'http://127.0.0.1/v1', fetch })(
        'a-model',
      );
  }
}

interface Part {
  readonly type: string;
  readonly delta?: string;
  readonly toolName?: string;
  readonly input?: string;
  readonly usage?: unknown;
  readonly finishReason?: { readonly unified: string };
}

async function read(dialect: string, item: DialectCase): Promise<{ parts: readonly Part[]; broke: boolean }> {
  const stored = readFileSync(new URL(`${dialect}/${item.file}`, root));
  const bytes = item.name.startsWith('last-event-') ? Buffer.concat([stored, Buffer.from('\n\n')]) : stored;
  const type = dialect === 'bedrock-converse' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }));
  const parts: Part[] = [];
  try {
    const { stream } = await modelFor(dialect, item.profile, answer).doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    });
    for await (const part of stream as unknown as AsyncIterable<Part>) parts.push(part);
  } catch {
    return { parts, broke: true };
  }
  return { parts, broke: parts.some((part) => part.type === 'error') };
}

const dialects = ['openai-chat', 'openai-responses', 'gemini', 'mistral', 'bedrock-converse'];
const said = (parts: readonly Part[], type: string): string =>
  parts
    .filter((part) => part.type === type)
    .map(({ delta }) => delta)
    .join('');

describe.each(dialects)('%s', (dialect) => {
  const cases = JSON.parse(readFileSync(new URL(`${dialect}/cases.json`, root), 'utf8')) as DialectCase[];

  it.each(cases)('$rules: $name', async (item) => {
    const { parts, broke } = await read(dialect, item);
    const { thinking, text, calls, usage, error } = item.expect;
    expect(said(parts, 'text-delta')).toBe(text);
    expect(said(parts, 'reasoning-delta')).toBe(thinking);
    const read_ = parts.filter(({ type }) => type === 'tool-call');
    if (error === null && !calls.some(({ partial }) => partial !== undefined)) {
      expect(broke).toBe(false);
      expect(
        read_.map(({ toolName, input }) => ({ name: toolName, input: JSON.parse(input ?? '') as unknown })),
      ).toEqual(calls.map(({ name, input }) => ({ name, input })));
    }
    const finish = parts.find(({ type }) => type === 'finish');
    if (error === null) expect(finish?.finishReason?.unified).not.toMatch(/error|interrupted/);
    if (usage === null) return;
    expect(finish?.usage).toMatchObject({
      inputTokens: { total: usage.input_tokens + usage.cache_read_input_tokens },
      outputTokens: { total: usage.output_tokens },
    });
  });
});
