// Calls to Control: what goes out, and that every failure comes back as a sentence the user can act on.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createGatewayClient, GatewayError } from '../../renderer/gateway-client.ts';

const client = createGatewayClient();

function answerWith(answer: () => Response): ReturnType<typeof vi.fn> {
  const fetching = vi.fn(async () => answer());
  vi.stubGlobal('fetch', fetching);
  return fetching;
}

async function failureOf(call: Promise<unknown>): Promise<GatewayError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GatewayError)) throw new Error(`expected a GatewayError, got ${String(error)}`);
  return error;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a call', () => {
  it('posts JSON to the method and returns what the contract promises', async () => {
    const fetching = answerWith(() => Response.json({ previous: 'a', current: 'b' }));
    await expect(client.call('route.use', { provider: 'b' })).resolves.toEqual({
      previous: 'a',
      current: 'b',
    });
    expect(fetching).toHaveBeenCalledWith(
      'control/route.use',
      expect.objectContaining({ method: 'POST', body: '{"provider":"b"}' }),
    );
  });

  it('refused by the gateway carries the gateway’s own sentence', async () => {
    answerWith(() =>
      Response.json(
        { error: { code: 'unknown_provider', message: 'There is no provider "b".' } },
        { status: 404 },
      ),
    );
    const failure = await failureOf(client.call('route.use', { provider: 'b' }));
    expect([failure.code, failure.message]).toEqual(['unknown_provider', 'There is no provider "b".']);
  });

  it('without a valid key says how to get a fresh address', async () => {
    answerWith(() => Response.json({ error: { code: 'key_missing', message: 'No key.' } }, { status: 401 }));
    const failure = await failureOf(client.call('status.get', {}));
    expect(failure.code).toBe('locked');
    expect(failure.message).toContain('tollgate status');
  });

  it('that reaches nobody says so and what to do', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))),
    );
    const failure = await failureOf(client.call('status.get', {}));
    expect(failure.code).toBe('unreachable');
    expect(failure.message).toContain('start Tollgate again');
  });

  it('that is not answered in time does not claim that nothing was changed', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new DOMException('timed out', 'TimeoutError'))),
    );
    const failure = await failureOf(client.call('claude.connect', { dryRun: false }));
    expect(failure.code).toBe('slow');
    expect(failure.message).not.toContain('nothing was changed');
  });

  it.each([
    ['an answer of another contract', () => Response.json({ previous: 1 }), 'mismatch'],
    ['an answer that is not JSON', () => new Response('<html>'), 'mismatch'],
    ['an error page', () => new Response('<html>', { status: 502 }), 'unexpected'],
  ])('never passes on %s', async (_name, answer, code) => {
    answerWith(answer);
    expect((await failureOf(client.call('route.use', { provider: 'b' }))).code).toBe(code);
  });
});
