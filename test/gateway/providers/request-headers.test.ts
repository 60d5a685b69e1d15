// Headers on the way up are an open list without the connection's own, the client's credentials and Tollgate's (P3, P6).
import { describe, expect, it } from 'vitest';
import {
  forwardedRequestHeaders,
  forwardedResponseHeaders,
} from '../../../src/gateway/providers/request-headers.ts';

const rules = {
  credential: ['x-api-key', 'provider-secret'],
  keepClientCredential: false,
  isLocalKey: (value: string) => value.startsWith('tg-'),
};

describe('request headers', () => {
  it('pass in order and case, with the credential replaced', () => {
    expect(
      forwardedRequestHeaders(
        [
          'Accept',
          'application/json',
          'Authorization',
          'Bearer tg-1',
          'X-Claude-Code-Session-Id',
          's',
          'anthropic-beta',
          'a,b',
          'anthropic-new-thing',
          '1',
          'x-api-key',
          'sk-user',
          'Host',
          'h',
          'Content-Length',
          '5',
          'X-Tollgate-Project',
          'p',
          'Accept-Encoding',
          'gzip',
          'X-Gw',
          'kept',
        ],
        rules,
      ),
    ).toEqual([
      'Accept',
      'application/json',
      'X-Claude-Code-Session-Id',
      's',
      'anthropic-beta',
      'a,b',
      'anthropic-new-thing',
      '1',
      'X-Gw',
      'kept',
      'accept-encoding',
      'identity',
      'x-api-key',
      'provider-secret',
    ]);
  });

  it('lose everything that belongs to the connection, also what Connection lists', () => {
    const passed = forwardedRequestHeaders(
      [
        'Connection',
        'keep-alive, X-Hop',
        'Keep-Alive',
        '1',
        'X-Hop',
        'secret',
        'TE',
        'trailers',
        'Transfer-Encoding',
        'chunked',
        'Upgrade',
        'h2c',
        'Expect',
        '100-continue',
        'Proxy-Authorization',
        'x',
        'Cookie',
        'c',
        'Origin',
        'o',
      ],
      { ...rules, credential: [] },
    );
    expect(passed).toEqual(['accept-encoding', 'identity']);
  });

  it("pass the caller's own login only when the provider takes it, and never a local key (P7)", () => {
    const own = { ...rules, credential: [], keepClientCredential: true };
    expect(
      forwardedRequestHeaders(['Authorization', 'Bearer sk-ant-oat01-x', 'x-tollgate-key', 'tg-1'], own),
    ).toContain('Bearer sk-ant-oat01-x');
    expect(forwardedRequestHeaders(['Authorization', 'Bearer tg-1'], own).join()).not.toContain('tg-1');
    expect(forwardedRequestHeaders(['x-api-key', 'tg-1'], own).join()).not.toContain('tg-1');
  });
});

describe('response headers', () => {
  it('pass but for the connection’s own, duplicates included', () => {
    expect(
      forwardedResponseHeaders([
        'request-id',
        'r',
        'Set-Cookie',
        'a',
        'Set-Cookie',
        'b',
        'Connection',
        'close, x-hop',
        'X-Hop',
        '1',
        'Transfer-Encoding',
        'chunked',
        'retry-after',
        '7',
      ]),
    ).toEqual(['request-id', 'r', 'Set-Cookie', 'a', 'Set-Cookie', 'b', 'retry-after', '7']);
  });
});
