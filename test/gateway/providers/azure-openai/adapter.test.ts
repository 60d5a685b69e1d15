// Azure: addresses in any form, two URL dialects, one way of signing in, deployments with names of their own.
import { describe, expect, it } from 'vitest';
import { azureOpenAiAdapter } from '../../../../src/gateway/providers/azure-openai/adapter.ts';
import { azurePlace } from '../../../../src/gateway/providers/azure-openai/place.ts';
import {
  chatAnswer,
  listed,
  readTool,
  record,
  responsesAnswer,
  sent,
  setupOf,
  helloOptions,
} from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const endpoint = 'https://acme.openai.azure.com';
const either: Answer = (request) =>
  request.url.includes('/chat/completions') ? chatAnswer(request) : responsesAnswer(request);
const call = (setup: Partial<Call['setup']>, rest: Partial<Call> = {}) =>
  sent(azureOpenAiAdapter, {
    setup: { model: 'my-gpt', name: 'gpt-5.6', baseUrl: endpoint, ...setup },
    answer: either,
    ...rest,
  });

describe('the address', () => {
  it.each([
    'https://acme.openai.azure.com',
    'https://acme.openai.azure.com/',
    'https://acme.openai.azure.com/openai',
    'https://acme.openai.azure.com/openai/',
    'https://acme.openai.azure.com/openai/v1',
    'https://acme.openai.azure.com/openai/v1/',
    'https://acme.openai.azure.com/openai/v1/responses',
    'https://acme.openai.azure.com/openai/deployments/my-gpt',
    'https://acme.openai.azure.com/openai/deployments/my-gpt/chat/completions',
  ])('T132: %s is the same resource, and nothing is appended twice', async (baseUrl) => {
    expect((await call({ baseUrl })).url).toBe('https://acme.openai.azure.com/openai/v1/responses');
    const classic = await call({ baseUrl, name: 'gpt-4o', options: { apiVersion: '2024-10-21' } });
    expect(classic.url).toBe(
      'https://acme.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21',
    );
  });

  it.each([
    ['https://acme.cognitiveservices.azure.com/', 'https://acme.cognitiveservices.azure.com'],
    ['https://acme.services.ai.azure.com/api/projects/blue', 'https://acme.services.ai.azure.com'],
    ['https://acme.services.ai.azure.com/models', 'https://acme.services.ai.azure.com'],
    ['https://gateway.example.com/team/openai/v1', 'https://gateway.example.com/team'],
    ['http://127.0.0.1:9000/', 'http://127.0.0.1:9000'],
  ])('T132: %s is asked at %s', (pasted, plain) => {
    expect(azurePlace(pasted, undefined).endpoint).toBe(plain);
  });

  it('T130: v1 names the deployment in the body, and sends a version only when it is not plain v1', async () => {
    const plain = await call({});
    expect(plain.body['model']).toBe('my-gpt');
    expect((await call({ options: { apiVersion: 'v1' } })).url).toBe(plain.url);
    expect((await call({ options: { apiVersion: 'preview' } })).url).toBe(`${plain.url}?api-version=preview`);
  });

  it('T130: a dated version uses the classic address, with the deployment in the path', async () => {
    const options = { apiVersion: '2024-10-21' };
    const { url } = await call({ model: 'my gpt', name: 'gpt-4o', options });
    expect(url).toBe(`${endpoint}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21`);
  });

  it('T130: Responses of a classic resource is beside its deployments', async () => {
    const options = { apiVersion: '2025-04-01-preview', api: 'responses' };
    const { url, body } = await call({ name: 'gpt-4o', options });
    expect(url).toBe(`${endpoint}/openai/responses?api-version=2025-04-01-preview`);
    expect(body['model']).toBe('my-gpt');
  });

  it('says so when there is none', async () => {
    await expect(call({ baseUrl: '' })).rejects.toThrow('set its "baseUrl"');
  });
});

describe('signing in', () => {
  it('T131: a key goes into api-key and nowhere else', async () => {
    const { headers } = await call({ secret: 'abc123' });
    expect(headers['api-key']).toBe('abc123');
    expect(headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['said to be one', { auth: 'entra' }, 'opaque-token'],
    ['known by its looks', {}, 'eyJhbGciOi.eyJhdWQiOi.c2ln'],
  ])(
    'T131: a token of Entra ID, %s, goes into Authorization and nowhere else',
    async (_how, options, secret) => {
      const { headers } = await call({ secret, options });
      expect(headers['authorization']).toBe(`Bearer ${secret}`);
      expect(headers).not.toHaveProperty('api-key');
    },
  );
});

describe('a deployment', () => {
  it('T135: is treated as the model it holds, not by its own name', async () => {
    const wish = { effort: 'high' as const, showThinking: true, user: 'abc', cacheKey: 's' };
    const { body } = await call({}, { wish, options: { temperature: 0.3 } });
    expect(body).toMatchObject({
      reasoning: { effort: 'high', summary: 'auto' },
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 's',
      user: 'abc',
      instructions: 'Be brief.',
    });
    expect(body).not.toHaveProperty('temperature');
  });

  it('T20: of GPT-5.4 and later goes to Responses as soon as the resource has it', async () => {
    const options = { apiVersion: '2025-04-01-preview', api: 'chat' };
    const { url } = await call({ options }, { options: { tools: [readTool] } });
    expect(url).toContain('/openai/responses?');
  });

  it('T20: of GPT-5.4 and later on a resource without Responses does not think while it has tools', async () => {
    const options = { apiVersion: '2024-10-21' };
    const wish = { parallelTools: false, cacheKey: 's', serviceTier: 'auto' as const };
    const { body } = await call({ options }, { wish, options: { tools: [readTool] } });
    expect(body).toMatchObject({
      reasoning_effort: 'none',
      max_completion_tokens: 512,
      parallel_tool_calls: false,
    });
    expect(body).not.toHaveProperty('prompt_cache_key');
    expect(body).not.toHaveProperty('service_tier');
    expect(azureOpenAiAdapter.traits('gpt-5.6', options).reasoning).toEqual({ kind: 'fixed' });
  });

  it('T19: of another maker is called by Chat', async () => {
    const { url, body } = await call({ model: 'ds', name: 'deepseek-v3.2' });
    expect(url).toBe(`${endpoint}/openai/v1/chat/completions`);
    expect(body['max_tokens']).toBe(512);
  });

  it('T133: an unknown resource, deployment or version is answered with all three by name', async () => {
    const { fetch } = record(() => ({
      status: 404,
      json: { error: { code: '404', message: 'Resource not found' } },
    }));
    const setup = { model: 'my-gpt', baseUrl: endpoint, options: { apiVersion: '2024-10-21' }, fetch };
    const model = await azureOpenAiAdapter.createModel(setupOf(setup));
    const failure = await Promise.resolve(model.doGenerate({ prompt: [] })).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      statusCode: 404,
      message:
        'Azure answered "Resource not found": check the deployment "my-gpt", the API version "2024-10-21" and the resource "acme.openai.azure.com".',
    });
  });
});

describe('a stream', () => {
  it('T134: may begin with a chunk that only speaks of filters', async () => {
    const { fetch } = record(() => ({
      sse: [
        { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
        {
          id: 'c',
          created: 1,
          model: 'm',
          choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }],
        },
        { id: 'c', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
        '[DONE]',
      ],
    }));
    const setup = { model: 'my-gpt', name: 'gpt-4o', baseUrl: endpoint, options: { api: 'chat' }, fetch };
    const model = await azureOpenAiAdapter.createModel(setupOf(setup));
    const types: string[] = [];
    for await (const part of (await model.doStream(helloOptions)).stream) types.push(part.type);
    expect(types).toContain('text-delta');
    expect(types).not.toContain('error');
  });
});

describe('web search', () => {
  const asked = {
    name: 'web_search',
    maxUses: null,
    allowedDomains: null,
    blockedDomains: null,
    userLocation: null,
  };

  it('T28, T94: is Azure’s preview, which knows no domains, and is refused with them', () => {
    const traits = azureOpenAiAdapter.traits('gpt-5.6', {});
    expect(traits.webSearch(asked)).toMatchObject({ id: 'openai.web_search_preview', name: 'web_search' });
    expect(traits.webSearch({ ...asked, allowedDomains: ['example.com'] })).toBeNull();
    expect(traits.webSearch({ ...asked, blockedDomains: ['example.com'] })).toBeNull();
    expect(azureOpenAiAdapter.traits('gpt-4o', { apiVersion: '2024-10-21' }).webSearch(asked)).toBeNull();
  });
});

describe('the list of models', () => {
  it('T135: names the deployments with the models they hold', async () => {
    const { models, requests } = await listed(azureOpenAiAdapter, { model: '', baseUrl: endpoint }, () => ({
      json: {
        data: [
          { id: 'my-gpt', model: 'gpt-5.6' },
          { id: 'my-embed', model: 'text-embedding-3-small' },
        ],
      },
    }));
    expect(models).toEqual([{ id: 'my-gpt', name: 'gpt-5.6', contextWindow: null, maxOutputTokens: null }]);
    expect(requests[0]?.url).toMatch(/\/openai\/deployments\?api-version=/);
    expect(requests[0]?.headers['api-key']).toBe('sk-test');
  });

  it('falls back to the models of the resource', async () => {
    const { models } = await listed(azureOpenAiAdapter, { model: '', baseUrl: endpoint }, ({ url }) =>
      url.includes('/deployments') ? { status: 404 } : { json: { data: [{ id: 'gpt-4.1' }] } },
    );
    expect(models.map(({ id }) => id)).toEqual(['gpt-4.1']);
  });
});
