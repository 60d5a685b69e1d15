// Addresses as people paste them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apiBase } from '../../../../src/gateway/providers/translated/api-base.ts';

it.each([
  ['https://api.example.com', 'https://api.example.com/v1'],
  ['https://api.example.com/', 'https://api.example.com/v1'],
  ['https://api.example.com/v1', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/models/', 'https://api.example.com/v1'],
  ['http://127.0.0.1:8080/team/llm', 'http://127.0.0.1:8080/team/llm'],
])('T132: %s is asked at %s', (pasted, base) => {
  expect(apiBase(pasted, '/v1')).toBe(base);
});

it('T132: never appends twice', () => {
  const tail = fc.constantFrom('', '/', '/chat/completions', '/responses', '/models', '/models/');
  fc.assert(
    fc.property(fc.webUrl(), tail, (url, end) => {
      const once = apiBase(url.replace(/[?#].*$/, '').replace(/\/+$/, '') + end, '/v1');
      expect(apiBase(once, '/v1')).toBe(once);
    }),
  );
});

it('says so when there is no address', () => {
  expect(() => apiBase('', '/v1')).toThrow('set its "baseUrl"');
});
