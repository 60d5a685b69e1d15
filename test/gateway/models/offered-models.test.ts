// What Claude Code's model list is offered, page by page, and what the window says of each model.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/gateway/models/answer-model-list.ts';
import { isAllOwn, offeredModels } from '../../../src/gateway/models/offered-models.ts';
import { viewCatalogue } from '../../../src/gateway/models/view-models.ts';
import { adviseWindow } from '../../../src/gateway/models/window-advice.ts';
import { createPriceTable } from '../../../src/gateway/ledger/price-table.ts';
import { readAlias } from '../../../src/gateway/router/model-names.ts';
import { listOf, startWorld } from './sample-catalogue.ts';

const anthropic = { id: 'a', type: 'anthropic' };
const openai = { id: 'oa', type: 'openai' };

const offeredIds = (world: ReturnType<typeof startWorld>, current: string): string[] =>
  offeredModels(world.catalogue.list(), current).map(({ id }) => id);

describe('P11: what is offered', () => {
  it('Claude under its own names first, other providers’ chosen models by aliases that hold "claude"', async () => {
    const world = startWorld([
      { ...openai, label: 'Work', models: { 'my-gpt': { label: 'Mine' } } },
      anthropic,
    ]);
    world.answer = (id) =>
      id === 'a' ? listOf('claude-opus-5-5', 'claude-haiku-5-5') : { status: 500, body: {} };
    await Promise.all([world.catalogue.refresh('a'), world.catalogue.refresh('oa')]);
    const offered = offeredModels(world.catalogue.list(), 'a');
    expect(offered.map(({ id, displayName }) => [id, displayName])).toEqual([
      ['claude-opus-5-5', 'Name of claude-opus-5-5'],
      ['claude-haiku-5-5', 'Name of claude-haiku-5-5'],
      ['claude/oa/gpt-5.6', 'GPT-5.6 · Work'],
      ['claude/oa/gpt-5.6-luna', 'GPT-5.6 Luna · Work'],
      ['claude/oa/my-gpt', 'Mine · Work'],
    ]);
    expect(offered.every(({ id }) => /claude/.test(id))).toBe(true);
    expect(readAlias('claude/oa/gpt-5.6')).toEqual({ provider: 'oa', model: 'gpt-5.6' });
  });

  it('a short list is offered whole, of a long one only what was chosen, and never more than twenty', async () => {
    const world = startWorld([
      { id: 'box', type: 'ollama' },
      { ...openai, tiers: { opus: 'm7' } },
    ]);
    const many = Array.from({ length: 300 }, (_, index) => `m${index}`);
    world.answer = (id) => (id === 'box' ? listOf('qwen3:8b', 'gpt-oss:20b') : listOf(...many));
    await Promise.all([world.catalogue.refresh('box'), world.catalogue.refresh('oa')]);
    expect(offeredIds(world, 'box')).toEqual([
      'claude/box/qwen3:8b',
      'claude/box/gpt-oss:20b',
      'claude/oa/m7',
      'claude/oa/gpt-5.6',
      'claude/oa/gpt-5.6-luna',
    ]);
    const models = Object.fromEntries(many.map((id) => [id, {}]));
    expect(offeredIds(startWorld([{ ...openai, models }]), 'oa')).toHaveLength(20);
  });

  it('a cloud’s spelling of Claude is an alias unless that cloud is in use, so that it is never asked elsewhere', async () => {
    const world = startWorld([anthropic, { id: 'aws', type: 'bedrock' }]);
    world.answer = (id) =>
      id === 'a' ? listOf('claude-opus-5-5') : listOf('us.anthropic.claude-opus-4-8', 'amazon.nova');
    await Promise.all([world.catalogue.refresh('a'), world.catalogue.refresh('aws')]);
    expect(offeredIds(world, 'a')).toEqual(['claude-opus-5-5', 'claude/aws/us.anthropic.claude-opus-4-8']);
    expect(offeredIds(world, 'aws')).toEqual(['us.anthropic.claude-opus-4-8', 'claude-opus-5-5']);
  });

  it('a model that two Claude providers have is offered once', () => {
    const ids = offeredIds(startWorld([anthropic, { id: 'b', type: 'anthropic' }]), 'a');
    expect(ids).toContain('claude-opus-5-5');
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['nothing', [], 'practice', true],
    ['one Claude provider', [anthropic], 'a', true],
    ['two of them', [anthropic, { id: 'b', type: 'anthropic' }], 'b', true],
    ['Claude beside another', [anthropic, openai], 'a', false],
    ['no Claude at all', [openai], 'oa', false],
    [
      'a gateway whose other models were chosen',
      [{ id: 'g', type: 'litellm', models: { 'gpt-5.6': {} } }],
      'g',
      false,
    ],
  ])('with %s the list of the provider in use is passed on: %j', (_name, providers, current, own) => {
    expect(isAllOwn(startWorld(providers).catalogue.list(), current)).toBe(own);
  });
});

describe('pages', () => {
  const models = Array.from({ length: 45 }, (_, index) => ({
    id: `claude-${index}`,
    displayName: `C ${index}`,
    createdAt: '1970-01-01T00:00:00Z',
    contextWindow: null,
    maxOutputTokens: null,
  }));
  interface Page {
    data: { id: string }[];
    has_more: boolean;
    first_id: string | null;
    last_id: string | null;
  }
  const page = (query: string): Page => pageOf(models, new URLSearchParams(query)) as Page;
  const short = (query: string): unknown => {
    const { data, has_more, first_id, last_id } = page(query);
    return [data.length, first_id, last_id, has_more];
  };

  it.each([
    ['', [20, 'claude-0', 'claude-19', true]],
    ['limit=1000', [45, 'claude-0', 'claude-44', false]],
    ['limit=45', [45, 'claude-0', 'claude-44', false]],
    ['limit=44', [44, 'claude-0', 'claude-43', true]],
    ['after_id=claude-19', [20, 'claude-20', 'claude-39', true]],
    ['after_id=claude-39', [5, 'claude-40', 'claude-44', false]],
    ['after_id=claude-44', [0, null, null, false]],
    ['before_id=claude-40&limit=5', [5, 'claude-35', 'claude-39', true]],
    ['before_id=claude-3', [3, 'claude-0', 'claude-2', false]],
    ['before_id=claude-0', [0, null, null, false]],
  ])('%j', (query, expected) => {
    expect(short(query)).toEqual(expected);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=abc',
    'limit=',
    'limit=-1',
    'after_id=nobody',
    'before_id=',
    'after_id=claude-1&before_id=claude-2',
  ])('%j is refused with the name of what is wrong', (query) => {
    expect(() => page(query)).toThrow(/^(limit|after_id|before_id): /);
  });

  it('following the pages shows every model once, in order, whatever their size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (limit) => {
        const seen: string[] = [];
        for (let query = `limit=${limit}`; ;) {
          const { data, has_more, last_id } = page(query);
          seen.push(...data.map(({ id }) => id));
          if (!has_more || last_id === null) break;
          query = `limit=${limit}&after_id=${last_id}`;
        }
        expect(seen).toEqual(models.map(({ id }) => id));
      }),
    );
  });
});

describe('P24: advice about context windows', () => {
  it.each<[number | null, boolean, RegExp | null]>([
    [null, true, /contextWindow/],
    [2_000_000, true, null],
    [1_000_000, false, null],
    [400_000, true, /CLAUDE_CODE_AUTO_COMPACT_WINDOW=400000/],
    [128_000, false, /CLAUDE_CODE_MAX_CONTEXT_TOKENS=128000/],
    [32_768, true, /larger model/],
  ])('a window of %j, standing in for Claude: %j', (contextWindow, standsIn, words) => {
    const advice = adviseWindow({ id: 'm', contextWindow, standsIn });
    if (words === null) expect(advice).toBeNull();
    else expect(advice).toMatch(words);
  });
});

it('P24: a model for small calls only needs no advice', () => {
  const world = startWorld([
    { ...openai, tiers: { background: 'nano' }, models: { nano: { contextWindow: 50_000 } } },
  ]);
  const catalogue = world.catalogue.of('oa');
  if (catalogue === null) throw new Error('not configured');
  const view = viewCatalogue(catalogue, { prices: createPriceTable({}), current: 'oa', now: world.now });
  expect(view.models.find(({ id }) => id === 'nano')).toMatchObject({ tiers: ['background'], advice: null });
});

it('the view has alias, price, tiers and age of each; a local model costs nothing', async () => {
  const world = startWorld([anthropic, openai, { id: 'box', type: 'ollama' }]);
  world.answer = (id) => (id === 'box' ? listOf('qwen3:8b') : { status: 500, body: {} });
  await world.catalogue.refresh('box');
  const prices = createPriceTable({ 'gpt-5.6': { input: '1', output: '2' } });
  const view = (id: string) => {
    const catalogue = world.catalogue.of(id);
    if (catalogue === null) throw new Error('not configured');
    return viewCatalogue(catalogue, { prices, current: 'a', now: world.now + 61_500 });
  };
  expect(view('oa')).toMatchObject({
    source: 'shipped',
    ageSeconds: null,
    models: [
      {
        id: 'gpt-5.6',
        alias: 'claude/oa/gpt-5.6',
        offered: true,
        contextWindow: 400_000,
        tiers: ['opus', 'sonnet'],
        price: { input: 1_000_000_000, output: 2_000_000_000, estimated: false },
        tools: true,
        advice: expect.stringContaining('AUTO_COMPACT') as string,
      },
      { id: 'gpt-5.6-luna', tiers: ['haiku'] },
    ],
  });
  expect(view('box')).toMatchObject({
    source: 'live',
    ageSeconds: 61,
    models: [{ price: null, images: null }],
  });
  const claude = view('a').models.find(({ id }) => id === 'claude-opus-5-5');
  expect(claude).toMatchObject({ alias: null, offered: true, contextWindow: 1_000_000, advice: null });
});
