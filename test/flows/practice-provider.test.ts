// The practice provider: on an empty machine, with no key and no network, the official SDK gets a small streamed reply
// with believable usage, a tool call when it asks for one, and the meter moves by exactly what was reported.
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Snapshot } from '../../src/contract/control-contract.ts';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
let client: Anthropic;
beforeEach(async () => {
  running = await startTestGateway();
  client = new Anthropic({
    baseURL: running.gateway.ready.url,
    apiKey: running.gateway.ready.clientKey,
    maxRetries: 0,
  });
});
afterEach(() => running.close());

async function control<T>(method: string, input: object): Promise<{ status: number; body: T }> {
  const { url, controlKey } = running.gateway.ready;
  const answer = await fetch(`${url}/control/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlKey}` },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}
const snapshot = async (): Promise<Snapshot> => Snapshot.parse((await control('snapshot.get', {})).body);

const say = (content: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model: 'claude-opus-5-5',
  max_tokens: 100,
  messages: [{ role: 'user', content }],
});
const bash: Anthropic.Tool = {
  name: 'Bash',
  input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};

describe('the practice provider', () => {
  it('streams a reply that says what it is, and the meter moves by its usage', async () => {
    const before = await snapshot();
    expect(before.meter.today).toMatchObject({ exchanges: 0, costNanoUsd: 0 });
    const message = await client.messages.stream(say('hello')).finalMessage();
    expect(JSON.stringify(message.content)).toContain('practice provider');
    const after = await snapshot();
    expect(after.meter.today).toMatchObject({
      exchanges: 1,
      inputTokens: message.usage.input_tokens,
      cacheWrite5mTokens: message.usage.cache_creation_input_tokens,
      outputTokens: message.usage.output_tokens,
    });
    expect(after.meter.today.costNanoUsd).toBeGreaterThan(0);
    expect(after.meter.todayPracticeNanoUsd).toBe(after.meter.today.costNanoUsd);
    expect(after.exchanges[0]).toMatchObject({
      state: 'completed',
      practice: true,
      provider: 'practice',
      status: 200,
    });
  });

  it('calls a tool that the request offers when the last message asks for it, then ends the turn', async () => {
    const request = { ...say('Please use the Bash tool once.'), tools: [bash] };
    const call = await client.messages.stream(request).finalMessage();
    expect(call.stop_reason).toBe('tool_use');
    const tool = call.content.find((block) => block.type === 'tool_use');
    expect(tool).toMatchObject({ name: 'Bash', input: { command: 'echo practice' } });
    const last = await client.messages.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: call.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: tool?.id ?? '', content: 'practice' }],
        },
      ],
    });
    expect(last.stop_reason).toBe('end_turn');
    expect(last.usage.cache_read_input_tokens).toBeGreaterThan(0);
  });

  it('does not call a tool that is only mentioned, or not offered', async () => {
    const other = await client.messages.create({ ...say('Tell me about Bash.'), tools: [bash] });
    expect(other.stop_reason).toBe('end_turn');
    expect((await client.messages.create(say('Please use the Bash tool.'))).stop_reason).toBe('end_turn');
  });

  it('counts tokens and lists models without a row', async () => {
    const { max_tokens: _, ...question } = say('hello');
    expect((await client.messages.countTokens(question)).input_tokens).toBeGreaterThan(0);
    const models = await client.models.list();
    expect(
      models.data.every((model) => model.id.includes('claude') && model.display_name.startsWith('Practice')),
    ).toBe(true);
    expect((await snapshot()).exchanges).toEqual([]);
  });

  it('sends a request of its own on a click, and only while practice answers', async () => {
    expect(await control('practice.send', {})).toMatchObject({ status: 200, body: { sent: true } });
    await control('provider.add', {
      id: 'real',
      type: 'anthropic',
      baseUrl: 'http://127.0.0.1:9',
      credential: 'none',
    });
    await control('route.use', { provider: 'real' });
    expect(await control('practice.send', {})).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT' } },
    });
  });

  it('is refused, unspent, while Tollgate is paused', async () => {
    await control('gateway.pause', { paused: true });
    await expect(client.messages.create(say('hello'))).rejects.toMatchObject({ status: 403 });
    const { exchanges, meter, status } = await snapshot();
    expect(status.paused).toBe(true);
    expect(exchanges[0]).toMatchObject({ state: 'refused', status: 403, attempts: 0, costNanoUsd: 0 });
    expect(meter.today.costNanoUsd).toBe(0);
    await control('gateway.pause', { paused: false });
    expect((await client.messages.create(say('hello'))).type).toBe('message');
  });
});
