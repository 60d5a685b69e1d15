// Decisions behind the Providers page: which types are offered and found, what a form becomes, what is wrong with it, how
// health and models are told.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeDefault,
  describeList,
  describeModel,
  listAdvice,
  withTier,
} from '../../renderer/models/describe-models.ts';
import {
  describeHealth,
  describeParts,
  describeRest,
  describeTrouble,
  healthDot,
  isHeldBack,
  stateNow,
} from '../../renderer/providers/describe-health.ts';
import { describeCredential } from '../../renderer/providers/describe-provider.ts';
import { groupTypes, needsAddress } from '../../renderer/providers/describe-types.ts';
import {
  applySuggestion,
  checkDraft,
  chooseId,
  describeSuggestion,
  draftOf,
  keyPlaces,
  nameHost,
  startDraft,
  suggestId,
  toSettings,
  toUnsaved,
  type ProviderDraft,
} from '../../renderer/providers/provider-draft.ts';
import type { ModelView, ProviderModels } from '../../src/contract/models.ts';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { HealthView } from '../../src/contract/routing.ts';
import { ProviderSettings } from '../../src/contract/settings.ts';
import { makeProvider } from '../support/sample-figures.ts';

function makeType(type: string, change: Partial<ProviderTypeView> = {}): ProviderTypeView {
  return {
    type,
    label: type.charAt(0).toUpperCase() + type.slice(1),
    group: 'translated',
    help: 'Some models.',
    keysUrl: 'https://keys.example',
    translated: true,
    servesClaude: false,
    defaultBaseUrl: `https://api.${type}.example/v1`,
    defaultCredential: `env:${type.toUpperCase()}_API_KEY`,
    fields: [],
    models: [],
    tiers: {},
    ...change,
  };
}

const anthropic = makeType('anthropic', {
  group: 'claude',
  translated: false,
  servesClaude: true,
  defaultBaseUrl: 'https://api.anthropic.com',
});
const region = { key: 'region', label: 'Region', help: 'Where.', example: 'eu-1', required: true };
const bedrock = makeType('bedrock', {
  group: 'claude',
  defaultBaseUrl: null,
  defaultCredential: 'none',
  fields: [region],
});
const azure = makeType('azure-openai', {
  defaultBaseUrl: null,
  models: [{ id: 'gpt-5.6', name: 'GPT', contextWindow: null, maxOutputTokens: null }],
});
const ollama = makeType('ollama', { group: 'local', defaultCredential: 'none', keysUrl: null });
const practice = makeType('practice', { group: 'practice' });
const draftFor = (type: ProviderTypeView, change: Partial<ProviderDraft> = {}): ProviderDraft => ({
  ...startDraft(type),
  ...change,
});

describe('the list of types', () => {
  const all = [azure, ollama, bedrock, practice, anthropic];

  it('offers Claude first, then what needs no translation, and practice never', () => {
    const shown = groupTypes(all, '');
    expect(shown.map(({ title }) => title)).toEqual(['Claude', 'Translated', 'On this computer']);
    expect(shown.flatMap(({ types }) => types)).not.toContain(practice);
    expect(shown.every(({ why }) => why !== '')).toBe(true);
  });

  it('finds by name, by what it says of itself and by model, in any case', () => {
    const found = (search: string) => groupTypes(all, search).flatMap(({ types }) => types);
    expect(found('GPT-5')).toEqual([azure]);
    expect(found('  Azure open ')).toEqual([azure]);
    expect(found('nothing like it')).toEqual([]);
  });

  it('asks for an address only where nobody else knows it', () => {
    expect([anthropic, bedrock, azure].map(needsAddress)).toEqual([false, false, true]);
  });
});

describe('the form of a provider', () => {
  it('always becomes settings that the config accepts, under an id that nobody has', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(anthropic, azure, ollama),
        fc.string({ maxLength: 120 }),
        fc.webUrl({ withQueryParameters: false, withFragments: false }),
        fc.constantFrom('paste', 'none' as const),
        fc.array(fc.constantFrom('anthropic', 'local', 'provider', 'ollama', 'azure-openai')),
        (type, label, baseUrl, keyPlace, taken) => {
          const draft = draftFor(type, { label, baseUrl, keyPlace });
          const id = suggestId(draft, type, taken);
          expect(ProviderSettings.safeParse(toSettings(draft, type, id)).error).toBeUndefined();
          expect([...taken, 'practice']).not.toContain(id);
        },
      ),
    );
  });

  it('whatever its check lets through, the config accepts', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.oneof(fc.string({ maxLength: 70 }), fc.constant('my-id')),
          baseUrl: fc.oneof(fc.webUrl(), fc.string(), fc.constant('https://me:secret@a.example/')),
          keyPlace: fc.constantFrom('paste', 'env', 'file', 'none' as const),
          keyName: fc.oneof(fc.string(), fc.constant('MY_KEY')),
          options: fc.record({ region: fc.string({ maxLength: 1200 }) }),
        }),
        (change) => {
          const draft = draftFor(bedrock, change);
          fc.pre(Object.keys(checkDraft(draft, bedrock, [])).length === 0);
          const id = draft.id.trim() === '' ? suggestId(draft, bedrock, []) : draft.id.trim();
          expect(ProviderSettings.safeParse(toSettings(draft, bedrock, id)).error).toBeUndefined();
        },
      ),
      {
        numRuns: 500,
        examples: [[{ id: 'ok', baseUrl: '', keyPlace: 'env', keyName: 'K', options: { region: 'x' } }]],
      },
    );
  });

  it('leaves out what the type knows by itself, and never holds the secret', () => {
    expect(toSettings(draftFor(anthropic), anthropic, 'anthropic')).toEqual({
      id: 'anthropic',
      type: 'anthropic',
      credential: 'vault:anthropic',
    });
    expect(toUnsaved(draftFor(anthropic, { baseUrl: ' https://api.anthropic.com/ ' }), anthropic)).toEqual({
      type: 'anthropic',
    });
    expect(toUnsaved(draftFor(ollama), ollama)).toEqual({ type: 'ollama', credential: 'none' });
  });

  it('is named after its label, else its host, else its type', () => {
    expect(nameHost('https://api.deepseek.com/anthropic')).toBe('deepseek');
    expect(nameHost('http://127.0.0.1:3456')).toBe('local');
    expect(nameHost('http://[::1]:1')).toBe('local');
    expect(nameHost('http://gateway')).toBe('gateway');
    expect(suggestId(draftFor(anthropic, { baseUrl: 'https://api.z.ai/x' }), anthropic, ['z'])).toBe('z-2');
    expect(suggestId(draftFor(azure, { label: ' My Azure! ' }), azure, [])).toBe('my-azure');
    expect(suggestId(draftFor(azure), azure, ['azure-openai'])).toBe('azure-openai-2');
    expect(chooseId('a', ['a', 'a-2'])).toBe('a-3');
  });

  it('says at the field what is wrong with it, before anything is sent', () => {
    const check = (type: ProviderTypeView, change: Partial<ProviderDraft>, taken: string[] = []) =>
      checkDraft(draftFor(type, change), type, taken);
    expect(check(anthropic, {})).toEqual({});
    expect(check(anthropic, { baseUrl: 'api.example.com' })['baseUrl']).toContain('https://');
    expect(check(anthropic, { baseUrl: 'file:///etc' })['baseUrl']).toContain('https://');
    expect(check(anthropic, { baseUrl: 'https://a.example/?key=x' })['baseUrl']).toContain('without');
    expect(check(azure, {})['baseUrl']).toContain('only you know it');
    expect(check(bedrock, {})).toEqual({ 'option:region': 'Region is needed.' });
    expect(check(anthropic, { id: 'No Spaces' })['id']).toContain('a–z');
    expect(check(anthropic, { id: 'mine' }, ['mine'])['id']).toContain('already');
    expect(check(anthropic, { keyPlace: 'env', keyName: 'sk-ant-1' })['keyName']).toContain('never the key');
    expect(check(anthropic, { keyPlace: 'file', keyName: '' })['keyName']).toContain('path');
  });

  it('offers no key only where none may be needed, and the login for Anthropic alone', () => {
    const places = (type: ProviderTypeView) => keyPlaces(type, null).map(({ value }) => value);
    expect(places(anthropic)).toEqual(['paste', 'env', 'file', 'client']);
    expect(places(ollama)).toEqual(['paste', 'env', 'file', 'none']);
    expect(keyPlaces(azure, 'key …wxyz in the vault')[0]?.value).toBe('kept');
  });

  it('changed and saved, keeps all that it does not show', () => {
    const before: ProviderSettings = {
      id: 'mine',
      type: 'azure-openai',
      label: 'Mine',
      baseUrl: 'https://a.example',
      credential: 'vault:other',
      credentials: ['env:SECOND'],
      options: { auth: 'entra' },
      models: { fast: { deployment: 'x' } },
      tiers: { opus: 'fast' },
      failOverOn: ['busy'],
    };
    const draft = draftOf(before, azure);
    expect(toSettings(draft, azure, 'mine', 'mine', before)).toEqual(before);
    const { label: _label, options: _options, ...rest } = before;
    expect(
      toSettings({ ...draft, label: '', options: { auth: ' ' } }, azure, 'mine', 'mine', before),
    ).toEqual(rest);
    expect(toSettings({ ...draft, keyPlace: 'paste' }, azure, 'mine', 'other', before).credential).toBe(
      'vault:other',
    );
  });

  it('takes a suggestion of the test over', () => {
    const mended = applySuggestion(draftFor(anthropic, { baseUrl: 'https://a.example/v1' }), {
      baseUrl: 'https://a.example',
      keyHeader: 'authorization',
    });
    expect(toUnsaved(mended, anthropic)).toEqual({
      type: 'anthropic',
      baseUrl: 'https://a.example',
      keyHeader: 'authorization',
    });
    expect(describeSuggestion({ baseUrl: 'https://a.example', keyHeader: 'x-api-key' })).toBe(
      'Use https://a.example and the key in x-api-key',
    );
  });

  it('tells where its key is by the last four characters at most', () => {
    const secret = {
      id: 'a',
      end: '1234',
      backend: 'file' as const,
      changedAt: 1,
      usedBy: ['a'],
      problem: null,
    };
    const provider = makeProvider('a', { credential: 'vault:a' });
    expect(describeCredential(provider, [secret])).toBe('key …1234 in the vault');
    expect(describeCredential(provider, [{ ...secret, end: '' }])).toBe('key … in the vault');
    expect(describeCredential(provider, [])).toBe('key "a" is not in the vault');
    expect(describeCredential(makeProvider('a', { credential: 'env:K' }), [])).toBe(
      'key from the variable K',
    );
    expect(describeCredential(makeProvider('a', { credential: 'client' }), [])).toContain('login');
  });
});

describe('health', () => {
  const now = Date.parse('2026-11-22T14:00:00');
  const until = Date.parse('2026-11-22T14:32:00');
  const well: HealthView = {
    provider: 'a',
    state: 'ready',
    until: null,
    why: '',
    successRate: 0.98,
    samples: 50,
    lastError: null,
    keys: [],
    models: [],
    speeds: [{ model: 'claude-opus-5-5', firstByteMs: 812 }],
  };
  const rest = { state: 'resting', until, why: '529' } as const;

  it('trap 51: is told in words: until when, after what, and what comes next', () => {
    expect(describeHealth(well, now)).toBe(
      'Ready, answered 98 % of the last 50, first token after 0.8 s (opus-5.5)',
    );
    expect(describeHealth({ ...well, ...rest }, now)).toMatch(/^Resting until 14:32 after 529, answered/);
    expect(describeHealth({ ...well, ...rest, state: 'trial' }, now)).toMatch(
      /^On trial after 529: the next request tries it/,
    );
    expect(describeHealth({ ...well, samples: 1, successRate: 0, speeds: [] }, now)).toBe(
      'Ready, did not answer the last request',
    );
    expect([healthDot(well, now), healthDot({ ...well, ...rest }, now)]).toEqual(['ready', 'off']);
  });

  it('a rest whose end has passed is a trial, whether or not the gateway has said so', () => {
    expect([stateNow(rest, until - 1), stateNow(rest, until)]).toEqual(['resting', 'trial']);
    expect(describeTrouble('A', { ...well, ...rest }, until)).toBeNull();
  });

  it('names the keys and models that are left alone', () => {
    const key = { key: 'env:K', ...rest, why: '429' };
    const model = { model: 'claude-opus-5-5', key: 'env:K', ...rest, why: '404' };
    const part = { ...well, keys: [key, { ...key, key: 'env:L', state: 'ready' as const }], models: [model] };
    expect(describeParts(part, now)).toEqual([
      'Key env:K: resting until 14:32 after 429.',
      'opus-5.5: resting until 14:32 after 404.',
    ]);
    expect([isHeldBack(well), isHeldBack(part)]).toEqual([false, true]);
    expect(describeTrouble('A', part, now)).toBeNull();
    expect(describeTrouble('A', { ...well, keys: [key] }, now)).toBe(
      'A: its key is resting until 14:32 after 429.',
    );
    expect(describeTrouble('A', { ...well, ...rest }, now)).toBe('A is resting until 14:32 after 529.');
    expect(describeTrouble('A', undefined, now)).toBeNull();
    expect(describeRest('A', { ...well, ...rest }, now)).toBe('A until 14:32 after 529');
    expect(describeRest('A', { ...well, keys: [key] }, now)).toBe('the key of A until 14:32 after 429');
    expect(describeRest('A', well, now)).toBeNull();
  });
});

describe('models', () => {
  const model: ModelView = {
    id: 'gpt-5.6',
    name: 'GPT',
    alias: null,
    offered: true,
    contextWindow: 400_000,
    maxOutputTokens: null,
    images: null,
    pdf: null,
    tools: null,
    reasoning: null,
    price: { input: 2_500_000_000, output: 10_000_000_000, cacheRead: 0, estimated: false },
    tiers: ['opus'],
    advice: 'Set it smaller.',
  };
  const list: ProviderModels = {
    provider: 'a',
    label: 'A',
    type: 'azure-openai',
    source: 'live',
    fetchedAt: 1_000_000,
    ageSeconds: 5,
    problem: null,
    refreshing: false,
    models: [model],
  };

  it('are told by window and price, and what is not known is said', () => {
    expect(describeModel(model)).toBe('400k tokens, $2.50 in and $10.00 out per million');
    expect(describeModel({ ...model, price: null })).toBe('400k tokens, no cost per token');
    expect(
      describeModel({
        ...model,
        contextWindow: null,
        price: { input: 1, output: 1, cacheRead: 1, estimated: true },
      }),
    ).toBe('window not known, price not known');
  });

  it('say where their list comes from and how old it is', () => {
    expect(describeList(list, 1_300_000)).toBe('1 model as the provider listed them, 5 m ago.');
    expect(describeList({ ...list, source: 'cached' }, 1_300_000)).toContain('kept from an earlier run');
    expect(describeList({ ...list, source: 'shipped', fetchedAt: null }, 0)).toContain('not asked yet');
    expect(describeList({ ...list, source: 'shipped', fetchedAt: null, models: [] }, 0)).toContain(
      'No models',
    );
  });

  it('a size goes back to its default when its choice is emptied', () => {
    expect(withTier({ opus: 'a' }, 'haiku', ' b ')).toEqual({ opus: 'a', haiku: 'b' });
    expect(withTier({ opus: 'a', haiku: 'b' }, 'opus', ' ')).toEqual({ haiku: 'b' });
    expect(describeDefault('opus', anthropic)).toBe('the model asked for');
    expect(describeDefault('opus', makeType('x', { tiers: { opus: 'big' } }))).toBe('big');
    expect(describeDefault('haiku', ollama)).toContain('nearest');
  });

  it('advice is given for models that stand in for one of Claude’s sizes', () => {
    expect(listAdvice([model, { ...model, id: 'b', tiers: [] }])).toEqual([
      { model: 'gpt-5.6', advice: 'Set it smaller.' },
    ]);
  });
});
