// The table of families: settings that the contract accepts, mocks that answer, faults that do what their name says.
import { expect, it } from 'vitest';
import { ProviderSettings } from '../../src/contract/settings.ts';
import { createGate } from '../support/fake-upstream.ts';
import { families } from '../support/upstreams/families.ts';
import { startOpenAiChat } from '../support/upstreams/openai-chat.ts';
import type { Fault } from '../support/upstreams/script.ts';

it.each(families)(
  '$name: its settings are valid and its mock lists models or takes none without a key',
  async (family) => {
    const mock = await family.start();
    const settings = family.settings(mock.url);
    expect(ProviderSettings.parse(settings)).toEqual(settings);
    expect(settings.type).toBe(family.providerType);
    expect(mock.model).toBe(family.model);
    await mock.close();
  },
);

it('every translated provider type has a family', () => {
  const types = new Set(families.map(({ providerType }) => providerType));
  const wanted =
    'openai azure-openai google vertex-gemini openrouter mistral xai groq deepseek moonshot zai openai-compatible ollama bedrock-converse';
  expect([...types].sort()).toEqual(wanted.split(' ').sort());
});

async function streamWith(
  fault: Fault | undefined,
  crlf = false,
): Promise<{ status: number; type: string; text: string; broke: boolean }> {
  const mock = await startOpenAiChat();
  mock.answer({ text: 'Grüße aus dem Strom', crlf, ...(fault === undefined ? {} : { fault }) });
  const body = { model: mock.model, stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const answer = await fetch(`${mock.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  let text = '';
  let broke = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    broke = true;
  }
  await mock.close();
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text, broke };
}

it('faults: what comes instead of a whole stream', async () => {
  const whole = await streamWith(undefined);
  expect(whole.text).toContain('[DONE]');
  expect((await streamWith({ kind: 'bytewise' })).text.replace(/chatcmpl-\w+/g, '')).toBe(
    whole.text.replace(/chatcmpl-\w+/g, ''),
  );
  expect((await streamWith(undefined, true)).text).toBe(whole.text.replaceAll('\n', '\r\n'));
  const cut = await streamWith({ kind: 'cut', atByte: 300 });
  expect(cut.broke).toBe(true);
  expect(whole.text.startsWith(cut.text)).toBe(true);
  expect((await streamWith({ kind: 'no-finish' })).text).not.toContain('"finish_reason":"stop"');
  expect((await streamWith({ kind: 'empty' })).text).toBe('');
  expect((await streamWith({ kind: 'html' })).type).toContain('text/html');
  expect((await streamWith({ kind: 'document' })).text).toContain('"chat.completion"');
  expect((await streamWith({ kind: 'status', status: 529, body: 'no' })).status).toBe(529);
  const before = await streamWith({ kind: 'error-in-stream', when: 'before', error: { kind: 'rate-limit' } });
  expect(before.text).toContain('rate_limit_exceeded');
  expect(before.text).not.toContain('Gr');
  const after = await streamWith({ kind: 'error-in-stream', when: 'after', error: { kind: 'server' } });
  expect(after.text).toContain('server_error');
  expect(after.text).toContain('"rom"');
});

it('faults: a stalled answer goes on when its gate opens, a slow one frame by frame', async () => {
  const gate = createGate();
  const stalled = streamWith({ kind: 'stall', afterFrames: 2, gate });
  gate.open();
  expect((await stalled).text).toContain('[DONE]');
  const seen: number[] = [];
  await streamWith({ kind: 'slow', before: (frame) => Promise.resolve(void seen.push(frame)) });
  expect(seen).toEqual(seen.map((_, at) => at));
  expect(seen.length).toBeGreaterThan(4);
});
