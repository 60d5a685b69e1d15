// Which proxy stands between Tollgate and an address (trap 46): a table of settings, environment and exemptions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpSettings } from '../../../../src/contract/settings.ts';
import { chooseProxy } from '../../../../src/gateway/providers/http/choose-proxy.ts';

type Row = readonly [
  address: string,
  http: HttpSettings,
  env: Record<string, string>,
  expected: string | null,
];

const chosen = (address: string, http: HttpSettings, env: Record<string, string>): string | null =>
  chooseProxy(new URL(address), http, env)?.name ?? null;

const company = 'http://proxy.corp:3128';
const api = 'https://api.anthropic.com';

describe('which proxy is taken', () => {
  test.each<Row>([
    [api, {}, {}, null],
    [api, {}, { HTTPS_PROXY: company }, 'proxy.corp:3128 (from HTTPS_PROXY)'],
    [api, {}, { https_proxy: company, HTTPS_PROXY: 'http://other:1' }, 'proxy.corp:3128 (from https_proxy)'],
    [api, {}, { https_proxy: '', HTTPS_PROXY: company }, 'proxy.corp:3128 (from HTTPS_PROXY)'],
    [api, {}, { HTTP_PROXY: company }, 'proxy.corp:3128 (from HTTP_PROXY)'],
    [api, {}, { HTTP_PROXY: company, HTTPS_PROXY: 'https://b' }, 'b:443 (from HTTPS_PROXY)'],
    [api, {}, { ALL_PROXY: company }, 'proxy.corp:3128 (from ALL_PROXY)'],
    ['http://models.corp:11434', {}, { HTTPS_PROXY: company }, null],
    ['http://models.corp:11434', {}, { http_proxy: company }, 'proxy.corp:3128 (from http_proxy)'],
    ['http://models.corp:11434', {}, { all_proxy: 'proxy.corp:3128' }, 'proxy.corp:3128 (from all_proxy)'],
    [api, { proxy: 'http://own:8080' }, { HTTPS_PROXY: company }, 'own:8080 (from the settings)'],
    [api, { proxy: 'own:8080' }, {}, 'own:8080 (from the settings)'],
    [api, { proxy: 'http://own' }, {}, 'own:80 (from the settings)'],
    [api, { proxy: 'none' }, { HTTPS_PROXY: company, ALL_PROXY: company }, null],
    [api, { proxy: 'http://[fd00::1]:3128' }, {}, '[fd00::1]:3128 (from the settings)'],
    [api, { proxy: 'http://127.0.0.1:3128' }, {}, '127.0.0.1:3128 (from the settings)'],
  ])('%s with %o and %o: %s', (address, http, env, expected) => {
    expect(chosen(address, http, env)).toBe(expected);
  });

  test('what cannot be meant is refused in a sentence without the password', () => {
    for (const proxy of [
      'socks5://user:secret@proxy:1080',
      'ftp://user:secret@proxy',
      'http://',
      'http://a b',
    ])
      expect(() => chosen(api, { proxy }, {})).toThrow(
        /^The proxy named by the settings is not an http:\/\/(?!.*secret)/,
      );
    expect(() => chosen(api, {}, { ALL_PROXY: 'socks5://u:secret@p:1' })).toThrow(
      /^(?!.*secret).*ALL_PROXY.*SOCKS is not supported/,
    );
  });

  test('user name and password go into one header and stay out of the name', () => {
    const proxy = chooseProxy(new URL(api), { proxy: 'http://Ann%40corp:p%C3%A4ss%3A1%@proxy:1' }, {});
    const authorization = proxy?.authorization ?? '';
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(
      'Ann@corp:p%C3%A4ss%3A1%',
    );
    expect(JSON.stringify({ ...proxy, authorization: null })).not.toMatch(/Ann|ss/);
    const plain = chooseProxy(new URL(api), { proxy: 'http://Ann%40corp:p%C3%A4ss@proxy:1' }, {});
    expect(plain?.authorization).toBe(`Basic ${Buffer.from('Ann@corp:päss').toString('base64')}`);
  });
});

describe('loopback is never proxied (trap 46)', () => {
  const all = { HTTP_PROXY: company, HTTPS_PROXY: company, ALL_PROXY: company };
  test.each([
    'http://localhost:11434',
    'http://LOCALHOST.',
    'http://ollama.localhost:1',
    'http://127.0.0.1:8080',
    'http://127.9.8.7',
    'http://127.1',
    'http://0x7f000001',
    'https://[::1]:8443',
    'https://[::ffff:127.0.0.1]',
    'http://0.0.0.0:11434',
    'http://[::]:11434',
  ])('%s', (address) => {
    expect(chosen(address, { proxy: company }, all)).toBe(null);
  });

  test.each(['http://localhost.corp', 'http://128.0.0.1', 'http://mylocalhost', 'http://[::2]'])(
    '%s is not loopback',
    (address) => {
      expect(chosen(address, {}, all)).not.toBe(null);
    },
  );
});

describe('exempt hosts', () => {
  test.each<readonly [address: string, noProxy: string, isExempt: boolean]>([
    ['https://api.corp', 'api.corp', true],
    ['https://API.corp', 'Api.Corp', true],
    ['https://a.api.corp', 'api.corp', true],
    ['https://a.api.corp', '.api.corp', true],
    ['https://a.api.corp', '*.api.corp', true],
    ['https://myapi.corp', 'api.corp', false],
    ['https://api.corp.example', 'api.corp', false],
    ['https://api.corp', '*', true],
    ['https://api.corp', 'other, api.corp', true],
    ['https://api.corp', 'other api.corp', true],
    ['https://api.corp', ' , ,', false],
    ['https://api.corp', 'api.corp:443', true],
    ['https://api.corp', 'api.corp:8443', false],
    ['https://api.corp:8443', 'api.corp:8443', true],
    ['http://api.corp', 'api.corp:80', true],
    ['http://10.1.2.3', '10.1.2.3', true],
    ['http://10.1.2.3', '10.0.0.0/8', true],
    ['http://11.1.2.3', '10.0.0.0/8', false],
    ['http://10.1.2.3', '10.*', true],
    ['http://10.1.2.3', '10.0.0.0/33', false],
    ['http://10.1.2.3', 'corp/8', false],
    ['http://[fd00::5]:80', 'fd00::/8', true],
    ['http://[fd00::5]', 'FD00:0::5', true],
    ['http://[fd00::5]:8080', '[fd00::5]:8080', true],
    ['http://[fd00::5]:8081', '[fd00::5]:8080', false],
    ['https://gpu-7.lab.corp', 'gpu-*.lab.corp', true],
    ['https://gpu-7xlab.corp', 'gpu-*.lab.corp', false],
  ])('%s with "%s": %s', (address, noProxy, isExempt) => {
    const settings = { proxy: company, noProxy: noProxy.split(',') };
    if (!noProxy.includes(' ')) expect(chosen(address, settings, {}) === null).toBe(isExempt);
    expect(chosen(address, { proxy: company }, { NO_PROXY: noProxy }) === null).toBe(isExempt);
    expect(chosen(address, {}, { ALL_PROXY: company, no_proxy: noProxy }) === null).toBe(isExempt);
  });

  test('no entry, however odd, breaks the choice or exempts a host that it does not name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (entry) => {
        fc.pre(!/[*]/.test(entry) && !/anthropic|\.?com\.?$/i.test(entry));
        expect(chosen(api, { proxy: company, noProxy: [entry] }, { NO_PROXY: entry })).not.toBe(null);
      }),
    );
  });
});
