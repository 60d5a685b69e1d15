// Documents that answer a request for a stream.
import { describe, expect, it } from 'vitest';
import { AnsweredWhole, noticeDocuments } from '../../../../src/gateway/providers/translated/whole-answer.ts';

const chat = 'https://provider.example/v1/chat/completions';
const document = '{"choices":[{"message":{"content":"é漢🙂"}}]}';
const streamed = { method: 'POST', body: JSON.stringify({ model: 'm', stream: true }) };

/** Answers everything with these bytes, in pieces of one. */
function answering(text: string, type: string, status = 200): typeof globalThis.fetch {
  const bytes = Buffer.from(text);
  return () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const headers = { 'content-type': type, 'content-length': String(bytes.length), 'x-request-id': 'r1' };
    return Promise.resolve(new Response(body, { status, headers }));
  };
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('T51: a document for a stream', () => {
  it.each([
    ['by its body', chat, streamed],
    ['by its address at Google', 'https://g.example/v1beta/models/g:streamGenerateContent?alt=sse', {}],
    ['by its address at Amazon', 'https://b.example/model/n/converse-stream', {}],
  ])(
    'T51: is noticed when the request asked for a stream %s, and read once more',
    async (_how, url, init) => {
      const fetch = noticeDocuments(answering(`\n ${document}`, 'application/json; charset=utf-8'));
      const thrown = await thrownBy(fetch(url, init));
      if (!(thrown instanceof AnsweredWhole)) throw new Error('it was not noticed');
      const others: string[] = [];
      const replay = thrown.replay((input) => {
        others.push(input instanceof Request ? input.url : String(input));
        return Promise.resolve(new Response('a token'));
      });
      const again = await replay(url, init);
      expect([again.status, again.headers.get('x-request-id'), again.headers.get('content-length')]).toEqual([
        200,
        'r1',
        null,
      ]);
      expect(await again.json()).toEqual(JSON.parse(document));
      expect(await (await replay('https://tokens.example/token')).text()).toBe('a token');
      expect(others).toEqual(['https://tokens.example/token']);
    },
  );

  it.each([
    ['a stream', 'data: {"a":1}\n\n', 'text/event-stream', 200, streamed],
    ['a stream under a wrong name', '\ndata: {"a":1}\n\n', 'application/json', 200, streamed],
    ['an error', '{"error":{"message":"no"}}', 'application/json', 400, streamed],
    ['nothing', '', 'application/json', 200, streamed],
    [
      'a document that was asked for, though a tool has a field called stream',
      document,
      'application/json',
      200,
      { method: 'POST', body: JSON.stringify({ tools: [{ default: { stream: true } }] }) },
    ],
  ])('T51: %s is passed on as it is', async (_what, text, type, status, init) => {
    const response = await noticeDocuments(answering(text, type, status))(chat, init);
    expect(response.status).toBe(status);
    expect((await response.text()).trimStart()).toBe(text.trimStart());
  });
});
