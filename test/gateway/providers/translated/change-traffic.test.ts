// Corrections below a package: events that concern nobody pass byte for byte, however they are cut.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeEvents } from '../../../../src/gateway/providers/translated/change-traffic.ts';

const streamed = (bytes: Uint8Array, cuts: readonly number[]): typeof globalThis.fetch => {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return async () =>
    new Response(
      ReadableStream.from(ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))),
      { headers: { 'content-type': 'text/event-stream' } },
    );
};

it('pass what does not concern them unchanged, wherever it was cut', async () => {
  const line = fc.string({ unit: 'grapheme' });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
      const text = lines.map((each) => `data: ${each}\n\n`).join('');
      const fetch = changeEvents(
        streamed(new TextEncoder().encode(text), cuts),
        () => false,
        (event) => event,
      );
      expect(await (await fetch('http://x')).text()).toBe(text);
    }),
  );
});

it('change what concerns them, also without a last line end', async () => {
  const bytes = new TextEncoder().encode('data: {"a":1}\n\ndata: {"a":2}');
  const fetch = changeEvents(
    streamed(bytes, [5, 17]),
    () => true,
    (event) => ({ ...event, b: true }),
  );
  expect(await (await fetch('http://x')).text()).toBe('data: {"a":1,"b":true}\n\ndata: {"a":2,"b":true}');
});

it('leave what is not JSON to the package', async () => {
  const bytes = new TextEncoder().encode('data: [DONE]\n\ndata: {broken\n');
  const fetch = changeEvents(
    streamed(bytes, []),
    () => true,
    (event) => ({ ...event, b: true }),
  );
  expect(await (await fetch('http://x')).text()).toContain('data: {broken');
});
