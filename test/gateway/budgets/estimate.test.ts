// What a request may cost at most, read from its bytes without parsing them and calibrated by the conversation (B4).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noTokens } from '../../../src/contract/usage.ts';
import { Calibration, estimateSpend } from '../../../src/gateway/budgets/estimate.ts';
import { SpendReader } from '../../../src/gateway/budgets/read-spend.ts';
import type { SpendBounds } from '../../../src/gateway/budgets/read-spend.ts';
import { createPriceTable } from '../../../src/gateway/ledger/price-table.ts';

const read = (text: string, cut = text.length): SpendBounds => {
  const reader = new SpendReader();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += cut) reader.see(bytes.subarray(at, at + cut));
  return reader.bounds();
};
const image = 'iVBORw0KGgo' + 'A'.repeat(5000);
const source = (data: string) => ({ type: 'base64', media_type: 'image/png', data });
const body = (more: object): string => JSON.stringify({ model: 'm', messages: [], ...more });

describe('the bounds of a request', () => {
  it.each([
    [{ max_tokens: 32_000 }, 32_000],
    [{ metadata: { max_tokens: 5 }, max_tokens: 1 }, 1],
    [{}, 128_000],
    [{ max_tokens: -1 }, 128_000],
    [{ max_tokens: 'many' }, 128_000],
    [{ max_tokens: 1e300 }, 10_000_000],
    [{ max_tokens: 0.5 }, 1],
  ])('max_tokens of %j is %d', (more, expected) => {
    expect(read(body(more)).maxTokens).toBe(expected);
  });

  it('two max_tokens in one body are none: readers differ in which they take', () => {
    expect(read('{"model":"m","max_tokens":1,"max_tokens":99000}').maxTokens).toBe(128_000);
  });

  it('are the same wherever the bytes are cut, pictures and cache marks across chunks included', () => {
    const text = body({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: source(image) },
            { type: 'text', text: 'é"\\' },
            { type: 'image', source: source(image), cache_control: { type: 'ephemeral', ttl: '1h' } },
          ],
        },
      ],
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
      speed: 'fast',
      max_tokens: 77,
    });
    const whole = read(text);
    expect(whole).toMatchObject({
      images: 2,
      maxTokens: 77,
      cacheWrites: '1h',
      webSearches: 8,
      speed: 'fast',
    });
    expect(whole.textBytes).toBeLessThan(600);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6000 }), (cut) => {
        expect(read(text, cut)).toEqual(whole);
      }),
    );
  });
});

describe('the estimate', () => {
  const prices = createPriceTable({});
  const bounds = read(body({ max_tokens: 1000 }));
  const priced = (
    more: Partial<SpendBounds>,
    model = 'claude-opus-5-5',
    prompt = 10_000,
    outputCap?: number,
  ) => estimateSpend({ bounds: { ...bounds, ...more }, prompt, outputCap, model, at: 0, prices });

  it('prices the whole prompt in the dearest class that its bytes allow, and all of max_tokens', () => {
    expect(priced({}).nanoUsd).toBe(10_000 * 4000 + 1000 * 20_000);
    expect(priced({ cacheWrites: '5m' }).nanoUsd).toBe(10_000 * 5000 + 1000 * 20_000);
    expect(priced({ cacheWrites: '1h' }).nanoUsd).toBe(10_000 * 8000 + 1000 * 20_000);
    expect(priced({ webSearches: 3 }).nanoUsd).toBe(10_000 * 4000 + 1000 * 20_000 + 30_000_000);
    expect(priced({}).tokens).toBe(11_000);
  });

  it('goes by the model that serves, and an unknown one is never free (B9, trap 59)', () => {
    expect(priced({}, 'claude-haiku-4-5').nanoUsd).toBe(10_000 * 1000 + 1000 * 5000);
    expect(priced({}, 'nobody-knows').nanoUsd).toBe(10_000 * 5000 + 1000 * 25_000);
  });

  it('reserves less output only where the user set a cap', () => {
    expect(priced({}, 'claude-opus-5-5', 10_000, 100).tokens).toBe(10_100);
    expect(priced({}, 'claude-opus-5-5', 10_000, 5000).tokens).toBe(11_000);
  });

  it('takes half a token per byte at first; then what the provider counted, and only growth by size', () => {
    const calibration = new Calibration();
    const first = { ...bounds, textBytes: 40_000 };
    expect(calibration.promptTokens('a', first)).toBe(20_000);
    calibration.learn('a', first, { ...noTokens, inputTokens: 10, cacheReadTokens: 9_990 });
    expect(calibration.promptTokens('a', { ...first, textBytes: 42_000 })).toBe(11_000);
    expect(calibration.promptTokens('a', { ...first, textBytes: 42_000, images: 1 })).toBe(16_000);
    // Compacted: another prompt.
    expect(calibration.promptTokens('a', { ...first, textBytes: 8_000 })).toBe(4_000);
    expect(calibration.promptTokens('b', first)).toBe(20_000);
  });
});
