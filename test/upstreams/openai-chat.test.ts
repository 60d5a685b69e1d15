// The mock of Chat Completions refuses what each of its profiles' servers refuses; each refusal is shown once.
import { describe, expect, it } from 'vitest';
import type { ChatProfileName } from '../support/upstreams/openai-chat-profiles.ts';
import { startOpenAiChat } from '../support/upstreams/openai-chat.ts';
import { chatProfiles } from '../support/upstreams/openai-chat-profiles.ts';
import { post, type RefusedCase } from './ask.ts';

const user = { role: 'user', content: 'hi' };
const called = (id: string, more: object = {}) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'Read', arguments: '{}' } }],
  ...more,
});
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'ok' });
const parameters = { type: 'object', properties: { path: { type: 'string' } } };
const tools = [{ type: 'function', function: { name: 'Read', parameters } }];
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
const image = { role: 'user', content: [picture] };
const nine = 'abcdefgh1';

type ProfileCase = readonly [profile: ChatProfileName, ...RefusedCase];

const refused: readonly ProfileCase[] = [
  ['openai', 'an unknown parameter', { top_k: 1 }, 400, "Unknown parameter: 'top_k'."],
  [
    'openai',
    'T24: cache_control anywhere',
    {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
      ],
    },
    400,
    'cache_control',
  ],
  [
    'openai',
    'T4: a user message between calls and results',
    { messages: [user, called('c1'), user, result('c1')] },
    400,
    'did not have response messages: c1',
  ],
  [
    'openai',
    'T7: a call without its result',
    { messages: [user, called('c1')] },
    400,
    'did not have response messages: c1',
  ],
  [
    'openai',
    'T7: a result without its call',
    { messages: [user, result('c9')] },
    400,
    "messages with role 'tool' must be a response",
  ],
  [
    'openai',
    'T8: an image in a tool result',
    { messages: [user, called('c1'), { ...result('c1'), content: [picture] }] },
    400,
    "Image URLs are only allowed for messages with role 'user'",
  ],
  [
    'openai',
    'T13: a call id of 65 characters',
    { messages: [user, called('c'.repeat(65)), result('c'.repeat(65))] },
    400,
    'maximum length 64',
  ],
  [
    'openai',
    'T14: a tool name with a dot',
    { tools: [{ type: 'function', function: { name: 'a.b' } }] },
    400,
    'string does not match pattern',
  ],
  [
    'openai',
    'T15: a schema that is no object',
    { tools: [{ type: 'function', function: { name: 'a', parameters: {} } }] },
    400,
    'schema must be a JSON Schema',
  ],
  [
    'openai',
    'T16: a tool choice without tools',
    { tool_choice: 'auto' },
    400,
    "'tool_choice' is only allowed when 'tools' are specified.",
  ],
  [
    'openai',
    'T16: a named choice that is not there',
    { tools, tool_choice: { type: 'function', function: { name: 'Bash' } } },
    400,
    'tool_choice.function.name',
  ],
  [
    'openai',
    'T17: parallel_tool_calls without tools',
    { parallel_tool_calls: false },
    400,
    "'parallel_tool_calls' is only allowed when 'tools' are specified.",
  ],
  [
    'openai',
    'T19: max_tokens on the o-series',
    { model: 'o3', max_tokens: 100 },
    400,
    "Use 'max_completion_tokens' instead.",
  ],
  [
    'openai',
    'T19: temperature for a reasoning model',
    { model: 'gpt-5', temperature: 0.2 },
    400,
    'Only the default (1) value is supported.',
  ],
  [
    'openai',
    'T20: function tools with GPT-5.4',
    { model: 'gpt-5.4', tools },
    400,
    'Please use /v1/responses',
  ],
  ['openai', 'T21: five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 400, 'maximum length 4'],
  [
    'openai',
    'T21: stop for a reasoning model',
    { model: 'o4-mini', stop: ['a'] },
    400,
    "Unsupported parameter: 'stop'",
  ],
  ['openai', 'an empty tool list', { tools: [] }, 400, "Invalid 'tools': empty array."],
  ['openai', 'a model that does not exist', { model: 'gpt-9' }, 404, 'model_not_found'],
  ['groq', 'an unknown parameter', { thinking: {} }, 400, "property 'thinking' is unsupported"],
  [
    'groq',
    'a field of another vendor in a message',
    { messages: [user, { role: 'assistant', content: 'a', reasoning_content: 'b' }, user] },
    400,
    "'messages.1' : property 'reasoning_content' is unsupported",
  ],
  ['mistral', 'an unknown parameter', { user: 'me' }, 422, 'Extra inputs are not permitted: user'],
  [
    'mistral',
    'T13: a call id that is not nine letters or digits',
    { messages: [user, called('call_1'), result('call_1')] },
    400,
    'must be a-z, A-Z, 0-9, with a length of 9',
  ],
  [
    'mistral',
    'a user message after a result',
    { messages: [user, called(nine), result(nine), user] },
    400,
    "Unexpected role 'user' after role 'tool'",
  ],
  [
    'mistral',
    'T7: a call without its result',
    { messages: [user, called(nine), user] },
    400,
    'Not the same number of function calls and responses',
  ],
  [
    'mistral',
    'T31: an assistant message at the end',
    { messages: [user, { role: 'assistant', content: 'a' }] },
    400,
    'Expected last role User or Tool',
  ],
  [
    'mistral',
    'stream_options',
    { stream: true, stream_options: { include_usage: true } },
    422,
    'stream_options',
  ],
  [
    'deepseek',
    'T30: a tool turn without its reasoning',
    { model: 'deepseek-v4-pro', messages: [user, called('c1'), result('c1')] },
    400,
    'must be passed back to the API',
  ],
  [
    'deepseek',
    'T18: a forced choice for the reasoner',
    { model: 'deepseek-reasoner', tools, tool_choice: 'required' },
    400,
    'does not support this tool_choice',
  ],
  [
    'deepseek',
    'T23: contradicting thinking options',
    { thinking: { type: 'disabled' }, reasoning_effort: 'high' },
    400,
    'cannot be disabled when reasoning_effort is set',
  ],
  [
    'deepseek',
    'a list as the content of a result',
    {
      messages: [
        user,
        called('c1', { reasoning_content: 'x' }),
        { ...result('c1'), content: [{ type: 'text', text: 'a' }] },
      ],
    },
    400,
    'invalid type: sequence, expected a string',
  ],
  ['deepseek', 'T9: an image', { messages: [image] }, 400, 'unknown variant `image_url`'],
  [
    'deepseek',
    'T19: more output than the model has',
    { max_tokens: 999_999 },
    400,
    'Invalid max_tokens value',
  ],
  [
    'moonshot',
    'T30: a tool turn without its reasoning',
    { messages: [user, called('functions.Read:0'), result('functions.Read:0')] },
    400,
    'reasoning_content is missing in assistant tool call message at index 1',
  ],
  [
    'moonshot',
    'T18: a forced choice',
    { tools, tool_choice: 'required' },
    400,
    "Supported values are: 'none' and 'auto'.",
  ],
  [
    'moonshot',
    'T7: a result without its call',
    { messages: [user, result('c9')] },
    400,
    'tool_call_id c9 is not found',
  ],
  [
    'zai',
    'T18: a forced choice',
    { tools, tool_choice: 'required' },
    400,
    'does not support this tool_choice',
  ],
  ['zai', 'T21: two stop sequences', { stop: ['a', 'b'] }, 400, 'maximum length 1'],
  [
    'vllm',
    'T1: a second system message',
    { messages: [{ role: 'system', content: 'a' }, user, { role: 'system', content: 'b' }, user] },
    400,
    'System message must be at the beginning.',
  ],
  [
    'llama.cpp',
    'arguments that are not JSON',
    {
      messages: [
        user,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'a', arguments: '{' } }],
        },
        result('c'),
      ],
    },
    400,
    'invalid tool call arguments',
  ],
  ['ollama', 'a model that is not pulled', { model: 'none' }, 404, "model 'none' not found"],
  ['xai', 'a model that does not exist', { model: 'grok-0' }, 404, 'Some requested entity was not found'],
  ['openrouter', 'a model that does not exist', { model: 'a/b' }, 400, 'a/b is not a valid model ID'],
];

describe('the Chat Completions mock refuses', () => {
  it.each(refused)('%s: %s', async (profile, _title, change, status, words) => {
    const mock = await startOpenAiChat({ profile });
    const body = { model: mock.model, messages: [user], ...change };
    const told = await post(mock, `${chatProfiles[profile].root}/chat/completions`, body);
    await mock.close();
    expect(told.text).toContain(words);
    expect(told.status).toBe(status);
    expect(mock.seen.problems).toHaveLength(1);
  });

  it('T130, T131, T133: azure: a missing version, a deployment that is not there, two credentials', async () => {
    const mock = await startOpenAiChat({ profile: 'azure', deployments: { mine: 'gpt-4.1' } });
    const path = '/openai/deployments/mine/chat/completions';
    const body = { messages: [user], model: 'ignored' };
    const key = { 'api-key': mock.key };
    expect((await post(mock, `${path}?api-version=2024-10-21`, body, key)).status).toBe(200);
    expect((await post(mock, path, body, key)).text).toContain('Resource not found');
    const gone = await post(mock, `${path.replace('mine', 'other')}?api-version=2024-10-21`, body, key);
    expect(gone.text).toContain('DeploymentNotFound');
    const both = { ...key, authorization: `Bearer ${mock.key}` };
    expect((await post(mock, `${path}?api-version=2024-10-21`, body, both)).status).toBe(401);
    await mock.close();
  });

  it.each(Object.keys(chatProfiles) as ChatProfileName[])(
    'T162: %s says overflow in its own words',
    async (profile) => {
      if (profile === 'azure') return;
      const mock = await startOpenAiChat({ profile, contextTokens: 20 });
      const body = { model: mock.model, messages: [{ role: 'user', content: 'long '.repeat(100) }] };
      const told = await post(mock, `${chatProfiles[profile].root}/chat/completions`, body);
      await mock.close();
      expect(told.status).toBe(400);
      expect(told.text).toMatch(/context|too large|exceed|length/i);
    },
  );
});
