// Sealed reasoning that the provider refuses to open.
import { expect, it } from 'vitest';
import { azureOpenAiAdapter } from '../../../../src/gateway/providers/azure-openai/adapter.ts';
import { openAiAdapter } from '../../../../src/gateway/providers/openai/adapter.ts';
import { xaiAdapter } from '../../../../src/gateway/providers/xai/adapter.ts';
import { record, responsesAnswer } from './recording.ts';
import type { Recording } from './recording.ts';

const refusal = {
  error: {
    message: 'The encrypted content gAAA... could not be verified. Reason: organization_id did not match.',
    type: 'invalid_request_error',
    code: 'invalid_encrypted_content',
  },
};

const adapters = [
  ['openai', openAiAdapter, 'gpt-5.6', 'openai'],
  ['azure-openai', azureOpenAiAdapter, 'gpt-5.6', 'openai'],
  ['xai', xaiAdapter, 'grok-4.3', 'xai'],
] as const;

/** Answers requests with sealed reasoning in them by `refused`. */
const server = (refused: object): Recording =>
  record((request) =>
    JSON.stringify(request.body).includes('"reasoning","') ||
    JSON.stringify(request.body).includes('gAAAsealed')
      ? { status: 400, json: refused }
      : responsesAnswer(request),
  );

const ask = async (
  adapter: (typeof adapters)[number][1],
  name: string,
  space: string,
  { fetch }: Recording,
) => {
  const setup = {
    model: name,
    baseUrl: 'https://api.example',
    secret: 'key',
    options: {},
    headers: {},
    fetch,
  };
  const model = await adapter.createModel(setup);
  return model.doGenerate({
    prompt: [
      { role: 'user', content: [{ type: 'text', text: 'One' }] },
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 'hm',
            providerOptions: { [space]: { itemId: 'rs_1', reasoningEncryptedContent: 'gAAAsealed' } },
          },
          { type: 'text', text: 'Two' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Three' }] },
    ],
    providerOptions: { [space]: { store: false } },
  });
};

it.each(adapters)('T89: %s is asked once more, without it', async (_name, adapter, model, space) => {
  const recording = server(refusal);
  await ask(adapter, model, space, recording).catch(() => undefined);
  expect(recording.requests.length).toBe(2);
  const sent = recording.requests.map(({ body }) => JSON.stringify(body));
  expect(sent.map((body) => body.includes('gAAAsealed'))).toEqual([true, false]);
  expect(sent.every((body) => body.includes('Two') && body.includes('Three'))).toBe(true);
});

it('T89: any other refusal is told at once, and a second one of the same is the client’s to hear', async () => {
  const other = server({ error: { message: 'Bad input.', type: 'invalid_request_error' } });
  await expect(ask(openAiAdapter, 'gpt-5.6', 'openai', other)).rejects.toThrow('Bad input.');
  expect(other.requests.length).toBe(1);
  const always = record(() => ({ status: 400, json: refusal }));
  await expect(ask(openAiAdapter, 'gpt-5.6', 'openai', always)).rejects.toThrow('could not be verified');
  expect(always.requests.length).toBe(2);
});
