// A mock written by others streams the same script; the official packages read the same from it and from ours. It keeps
// our mocks from agreeing only with themselves.
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBedrockConverse } from '../support/upstreams/bedrock-converse.ts';
import { startGemini } from '../support/upstreams/gemini.ts';
import type { Mock } from '../support/upstreams/mock-server.ts';
import { startOpenAiChat } from '../support/upstreams/openai-chat.ts';
import { startOpenAiResponses } from '../support/upstreams/openai-responses.ts';
import { readStream } from './ask.ts';

const call = { name: 'Read', input: { file_path: '/a/b', limit: 3 } };
const foreign = new LLMock({ port: 0, host: '127.0.0.1' });

beforeAll(async () => {
  foreign.onMessage('text', { content: 'Grüße 🙂' });
  foreign.onMessage('call', { toolCalls: [{ name: call.name, arguments: JSON.stringify(call.input) }] });
  await foreign.start();
});
afterAll(() => foreign.stop());

type Row = readonly [
  name: string,
  start: () => Promise<Mock>,
  model: (url: string, apiKey: string) => LanguageModelV4,
];

const rows: readonly Row[] = [
  [
    'openai-responses',
    startOpenAiResponses,
    (url, apiKey) => createOpenAI({ apiKey, baseURL: `${url}/v1` })('gpt-4.1'),
  ],
  [
    'openai-chat',
    startOpenAiChat,
    (url, apiKey) => createOpenAI({ apiKey, baseURL: `${url}/v1` }).chat('gpt-4.1'),
  ],
  [
    'gemini',
    startGemini,
    (url, apiKey) => createGoogle({ apiKey, baseURL: `${url}/v1beta` })('gemini-2.5-flash'),
  ],
  [
    'bedrock-converse',
    startBedrockConverse,
    (url, apiKey) =>
      createAmazonBedrock({ apiKey, baseURL: url, region: 'us-east-1' })('amazon.nova-micro-v1:0'),
  ],
];

it.each(rows)('%s: ours and a foreign mock are read alike', async (_name, start, model) => {
  const ours = await start();
  ours.answer({ text: 'Grüße 🙂' }, { calls: [call] });
  for (const word of ['text', 'call']) {
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: word }] }];
    const here = await readStream(model(ours.url, ours.key), { prompt });
    const there = await readStream(model(foreign.url, 'any'), { prompt });
    expect(here.text).toBe(there.text);
    expect(here.calls).toEqual(there.calls);
    // The foreign one ends Gemini's calls with a reason that Google does not have, so only ours is held to it there.
    if (word === 'text') expect(here.finish?.finishReason).toEqual(there.finish?.finishReason);
    else expect(here.finish?.finishReason.unified).toBe('tool-calls');
    expect(here.text === '' ? here.calls : here.text).toEqual(word === 'text' ? 'Grüße 🙂' : [call]);
  }
  expect(ours.seen.problems).toEqual([]);
  await ours.close();
});
