// The page shown while there is no gateway: it says what is the matter, and no text can become markup.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, localPageAddress, localPageText } from '../../src/desktop/local-page.ts';

const decode = (address: string): string =>
  Buffer.from(address.replace('data:text/html;charset=utf-8;base64,', ''), 'base64').toString('utf8');

test('each state without a gateway has its words; a running one has no such page', () => {
  expect(localPageText({ phase: 'stopped', reason: 'config.json: unknown key "x"' })).toEqual({
    title: 'The gateway is not running',
    detail: 'config.json: unknown key "x"',
    restart: true,
  });
  expect(localPageText({ phase: 'starting' })?.restart).toBe(false);
  expect(localPageText({ phase: 'waiting', reason: 'It ended.', delayMs: 500 })?.detail).toBe('It ended.');
  expect(localPageText({ phase: 'stopping' })?.restart).toBe(false);
  const address = { url: 'http://127.0.0.1:1', controlKey: 'k' };
  expect(localPageText({ phase: 'running', address, adopted: false, notice: null })).toBeNull();
});

test('the button is there only when starting again makes sense', () => {
  expect(decode(localPageAddress({ title: 'T', detail: 'D', restart: true }))).toContain('<button');
  expect(decode(localPageAddress({ title: 'T', detail: 'D', restart: false }))).not.toContain('<button');
});

test('whatever a gateway printed last, it stays text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      const plain = decode(localPageAddress({ title: 'T', detail: '', restart: true }));
      const page = decode(localPageAddress({ title: 'T', detail: text.toWellFormed(), restart: true }));
      expect(page.split('<').length).toBe(plain.split('<').length);
    }),
    { examples: [['</p><script>alert(1)</script>'], ['" onload="x'], ["'&<>"]] },
  );
});
