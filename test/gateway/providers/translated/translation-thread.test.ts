// Large bodies, translated in a thread of their own: the answer is the same, and the request can still go elsewhere.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import type { ProviderSetup, Upstream } from '../../../../src/gateway/providers/provider.ts';
import { descriptorOf } from '../../../../src/gateway/providers/registry.ts';
import { TranslationThread } from '../../../../src/gateway/providers/translated/translation-thread.ts';
import type { Mock } from '../../../support/upstreams/mock-server.ts';
import { startOpenAiResponses } from '../../../support/upstreams/openai-responses.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Started {
  readonly mock: Mock;
  readonly upstream: Upstream;
  /** How many calls went to the thread. */
  readonly offloaded: () => number;
}

async function start(): Promise<Started> {
  const mock = await startOpenAiResponses();
  const thread = new TranslationThread({});
  let offloaded = 0;
  const setup: ProviderSetup = {
    id: 'p',
    baseUrl: `${mock.url}/v1`,
    options: {},
    models: {},
    http: {},
    repairToolCalls: true,
  };
  const upstream = descriptorOf('openai').createUpstream(setup, {
    now: Date.now,
    randomBytes,
    env: {},
    offload(type, provider, job) {
      offloaded += 1;
      return thread.offload(type, provider, job);
    },
  });
  closing.push(
    () => mock.close(),
    () => thread.close(),
    () => upstream.destroy(),
  );
  return { mock, upstream, offloaded: () => offloaded };
}

/** A request in parts of 64 KB, as it comes from the network. */
function bodyOf(words: string): ByteParts {
  const bytes = Buffer.from(
    JSON.stringify({
      model: 'gpt-4.1',
      max_tokens: 100,
      stream: true,
      messages: [{ role: 'user', content: words }],
    }),
  );
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) parts.push(bytes.subarray(at, at + 65_536));
  return ByteParts.of(...parts);
}

function send({ mock, upstream }: Started, body: ByteParts): Promise<string> {
  const request = {
    method: 'POST' as const,
    path: '/v1/messages',
    headers: [],
    body,
    secret: mock.key,
    asked: 'claude',
    model: 'gpt-4.1',
  };
  return new Promise((resolve, reject) => {
    let said = '';
    upstream.send(request, {
      onStart: (status) => void (said += `${status}\n`),
      onData: (chunk) => void (said += chunk.toString('utf8')),
      onEnd: () => resolve(said.replaceAll(/msg_[0-9a-f]{24}/g, 'msg')),
      onError: reject,
    });
  });
}

/** Without the size of the prompt, which differs. */
const withoutInput = (answer: string): string => answer.replaceAll(/"input_tokens":\d+/g, '"input_tokens":0');

describe('a body over 256 KB', () => {
  it('is translated in the thread, to the answer that a small one gets', async () => {
    const started = await start();
    started.mock.setScript({ text: 'Größe spielt keine Rolle. '.repeat(400), pieces: 50 });
    const small = await send(started, bodyOf('Hi'));
    expect(started.offloaded()).toBe(0);
    const large = await send(started, bodyOf('lorem ipsum '.repeat(30_000)));
    expect(started.offloaded()).toBe(1);
    expect(large).toContain('message_stop');
    expect(textOf(large)).toBe(textOf(small));
    expect(withoutInput(large).slice(0, 400)).toBe(withoutInput(small).slice(0, 400));
  });

  it('keeps its bytes, so that the request can go to another provider after a failure', async () => {
    const started = await start();
    const body = bodyOf('lorem ipsum '.repeat(30_000));
    const before = body.whole().toString('utf8');
    started.mock.setScript({ text: 'Once.' });
    const first = await send(started, body);
    expect(body.whole().toString('utf8')).toBe(before);
    expect(textOf(await send(started, body))).toBe(textOf(first));
    expect(started.mock.seen.answered).toHaveLength(2);
  });
});

const textOf = (answer: string): string =>
  [...answer.matchAll(/"text_delta","text":("(?:[^"\\]|\\.)*")/g)]
    .map((match) => JSON.parse(match[1] ?? '""') as string)
    .join('');
