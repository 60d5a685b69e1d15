// The catalogue keeps what it knows: live over cached over shipped, the user's word over all, last good over a failure.
import { expect, it, describe } from 'vitest';
import { GatewayError } from '../../../src/gateway/gateway-error.ts';
import { listOf, startWorld } from './sample-catalogue.ts';

const DAY = 86_400_000;
const openai = { id: 'oa', type: 'openai' };
const anthropic = { id: 'a', type: 'anthropic' };

const ids = (world: ReturnType<typeof startWorld>, id: string): string[] => [
  ...(world.catalogue.of(id)?.models.keys() ?? []),
];

describe('where a list comes from', () => {
  it('is shipped until the provider was asked, then live, then cached after a restart', async () => {
    const world = startWorld([openai]);
    expect(world.catalogue.of('oa')).toMatchObject({ source: 'shipped', fetchedAt: null, problem: null });
    expect(ids(world, 'oa')).toEqual(['gpt-5.6', 'gpt-5.6-luna']);
    world.answer = () => listOf('gpt-7', 'gpt-5.6');
    await world.catalogue.refresh('oa');
    expect(world.catalogue.of('oa')).toMatchObject({ source: 'live', fetchedAt: world.now, problem: null });
    expect(ids(world, 'oa')).toEqual(['gpt-5.6', 'gpt-5.6-luna', 'gpt-7']);
    const later = world.restart();
    expect(later.catalogue.of('oa')).toMatchObject({ source: 'cached', fetchedAt: world.now });
    expect(ids(later, 'oa')).toEqual(['gpt-5.6', 'gpt-5.6-luna', 'gpt-7']);
    expect(later.asked).toEqual([]);
  });

  it('is asked for like a request of the provider: its path, its key, nothing else', async () => {
    const world = startWorld([anthropic]);
    world.credential = () => ({ kind: 'secret', secret: 'sk-test' });
    await world.catalogue.refresh('a');
    expect(world.asked).toHaveLength(1);
    const request = world.asked[0]?.request;
    expect([request?.method, request?.path, request?.secret, request?.body]).toEqual([
      'GET',
      '/v1/models?limit=1000',
      'sk-test',
      null,
    ]);
    expect(request?.headers.slice(-2)).toEqual(['x-api-key', 'sk-test']);
  });

  it.each([
    ['a status', { status: 500, body: {} }, /failing/],
    [
      'a refusal',
      { status: 401, body: { type: 'error', error: { type: 'authentication_error', message: 'no' } } },
      /key/,
    ],
    ['a page', { status: 200, body: '<html>' }, /not with/],
    ['a broken connection', { error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }, /refused/],
  ])('after %s the last good list stays, and the reason is told', async (_name, answer, words) => {
    const world = startWorld([openai]);
    world.answer = () => listOf('gpt-7');
    await world.catalogue.refresh('oa');
    const before = world.catalogue.of('oa');
    world.now += DAY;
    world.answer = () => answer;
    await world.catalogue.refresh('oa');
    const after = world.catalogue.of('oa');
    expect([after?.source, after?.fetchedAt, after?.models]).toEqual([
      'live',
      before?.fetchedAt,
      before?.models,
    ]);
    expect(after?.problem).toMatch(words);
  });

  it('a key that is missing, or the caller’s own login, is a reason and no request', async () => {
    const world = startWorld([openai]);
    world.credential = () => {
      throw new GatewayError('PROVIDER_UNUSABLE', 'The provider "oa" has no key.');
    };
    await world.catalogue.refresh('oa');
    expect(world.catalogue.of('oa')?.problem).toBe('The provider "oa" has no key.');
    world.credential = () => ({ kind: 'client' });
    await world.catalogue.refresh('oa');
    expect(world.catalogue.of('oa')?.problem).toMatch(/login of whoever asks/);
    expect(world.asked).toEqual([]);
  });
});

describe('what a request sees', () => {
  it('P14: limits come from the user, then the provider, then its type, then what is known of the model', async () => {
    const world = startWorld([
      {
        ...openai,
        models: { mine: { deployment: 'dep-1', contextWindow: 50_000 }, 'gpt-9': { maxOutputTokens: 7 } },
      },
    ]);
    world.answer = () => ({
      status: 200,
      body: {
        data: [
          { id: 'dep-1', context_window: 60_000, max_output_tokens: 8_000 },
          { id: 'x', context_window: 9 },
        ],
      },
    });
    await world.catalogue.refresh('oa');
    const limits = (model: string): unknown => Object.values(world.catalogue.limitsOf('oa', model));
    expect(limits('mine')).toEqual([50_000, 8_000]);
    expect(limits('dep-1')).toEqual([50_000, 8_000]);
    expect(limits('gpt-9')).toEqual([null, 7]);
    expect(limits('x')).toEqual([9, null]);
    expect(limits('gpt-5.6')).toEqual([400_000, 100_000]);
    expect(limits('gpt-5.5-2026-04-23')).toEqual([1_050_000, 128_000]);
    expect(limits('nobody-knows')).toEqual([null, null]);
    expect(Object.values(world.catalogue.limitsOf('gone', 'gpt-5.6'))).toEqual([null, null]);
  });

  it('a local server’s window is what it says, never what the model could do elsewhere', async () => {
    const world = startWorld([{ id: 'box', type: 'ollama' }]);
    world.answer = () => listOf('gpt-oss-20b');
    await world.catalogue.refresh('box');
    expect(world.catalogue.limitsOf('box', 'gpt-oss-20b').contextWindow).toBeNull();
    expect(world.catalogue.limitsOf('box', 'gpt-oss-120b').contextWindow).toBeNull();
  });

  it('nothing is asked for by looking at limits', () => {
    const world = startWorld([openai]);
    world.catalogue.limitsOf('oa', 'gpt-5.6');
    world.catalogue.list();
    expect(world.asked).toEqual([]);
  });
});

describe('when it asks by itself', () => {
  it('some time after the start, then once a day; a failure again after an hour', async () => {
    const world = startWorld([openai, anthropic]);
    world.catalogue.start();
    expect(world.asked).toEqual([]);
    world.answer = (id) => (id === 'oa' ? listOf('gpt-7') : { status: 500, body: {} });
    expect(world.tick()).toBe(10_000);
    await Promise.all([world.catalogue.refresh('oa'), world.catalogue.refresh('a')]);
    expect(world.asked.map(({ provider }) => provider)).toEqual(['oa', 'a']);
    world.now += 3_600_000;
    world.tick();
    await world.catalogue.refresh('a');
    expect(world.asked.map(({ provider }) => provider)).toEqual(['oa', 'a', 'a']);
    world.now += DAY;
    world.tick();
    expect(world.asked.slice(3).map(({ provider }) => provider)).toEqual(['oa', 'a']);
  });

  it('not at all while only Claude is configured', () => {
    const world = startWorld([anthropic]);
    world.catalogue.start();
    world.tick();
    expect(world.asked).toEqual([]);
  });

  it('for a provider that was added or changed; a list of another address is forgotten', async () => {
    const world = startWorld([openai]);
    world.answer = () => listOf('gpt-7');
    await world.catalogue.refresh('oa');
    world.apply([openai, { id: 'box', type: 'ollama' }]);
    expect(world.tick()).toBe(2_000);
    expect(world.asked.map(({ provider }) => provider)).toEqual(['oa', 'box']);
    expect(world.catalogue.of('oa')?.source).toBe('live');
    world.apply([{ ...openai, baseUrl: 'http://127.0.0.1:1' }]);
    expect(world.catalogue.of('oa')).toMatchObject({ source: 'shipped', fetchedAt: null });
    expect([...world.disk.lists.keys()]).toEqual([]);
    expect(world.catalogue.of('box')).toBeNull();
  });

  it('a change that leaves the address alone keeps the list and takes the new words at once', async () => {
    const world = startWorld([openai]);
    world.answer = () => listOf('gpt-7');
    await world.catalogue.refresh('oa');
    world.apply([{ ...openai, models: { 'gpt-7': { contextWindow: 1234, label: 'Seven' } } }]);
    expect(world.catalogue.of('oa')).toMatchObject({ source: 'live' });
    expect(world.catalogue.of('oa')?.models.get('gpt-7')).toMatchObject({
      name: 'Seven',
      contextWindow: 1234,
    });
  });

  it('when the lists are looked at and old, once at a time', async () => {
    const world = startWorld([openai]);
    world.answer = () => listOf('gpt-7');
    world.catalogue.freshen();
    world.catalogue.freshen();
    await world.catalogue.refresh('oa');
    world.catalogue.freshen();
    expect(world.asked).toHaveLength(1);
    world.now += DAY;
    world.catalogue.freshen();
    expect(world.asked).toHaveLength(2);
    expect(world.catalogue.of('oa')).toMatchObject({ refreshing: true, source: 'live' });
  });
});

describe('cancelling', () => {
  it('the last caller who leaves ends the request; what was known stays', async () => {
    const world = startWorld([openai]);
    world.answer = () => 'silence';
    const first = new AbortController();
    const second = new AbortController();
    const both = [world.catalogue.refresh('oa', first.signal), world.catalogue.refresh('oa', second.signal)];
    first.abort();
    expect(world.aborted).toEqual([]);
    second.abort();
    await Promise.all(both);
    expect([world.asked.length, world.aborted]).toEqual([1, ['oa']]);
    expect(world.catalogue.of('oa')).toMatchObject({ problem: null, refreshing: false });
  });

  it('a caller who has gone already asks for nothing', async () => {
    const world = startWorld([openai]);
    await world.catalogue.refresh('oa', AbortSignal.abort());
    expect(world.asked).toEqual([]);
  });

  it('an answer that comes after the provider was changed is not taken for the new one’s', async () => {
    const world = startWorld([openai]);
    world.answer = () => listOf('gpt-7');
    const asked = world.catalogue.refresh('oa');
    world.apply([{ ...openai, baseUrl: 'http://127.0.0.1:1' }]);
    await asked;
    expect(world.catalogue.of('oa')?.source).toBe('shipped');
  });

  it('closing ends all, and nothing begins any more', async () => {
    const world = startWorld([openai]);
    world.catalogue.start();
    world.answer = () => 'silence';
    const asked = world.catalogue.refresh('oa');
    world.catalogue.close();
    await asked;
    await world.catalogue.refresh('oa');
    expect([world.asked.length, world.aborted]).toEqual([1, ['oa']]);
    expect(() => world.tick()).toThrow('no timer');
  });
});
