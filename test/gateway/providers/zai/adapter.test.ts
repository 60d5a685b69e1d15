// Z.ai's GLM.
import { describe, expect, it } from 'vitest';
import { zaiAdapter } from '../../../../src/gateway/providers/zai/adapter.ts';
import { listed, readTool, sent, toolTurn } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.z.ai/api/paas/v4';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(zaiAdapter, { setup: { model, baseUrl }, ...rest });

describe('a call', () => {
  it('T22: switches thinking on and off, and sends no effort', async () => {
    const on = await call('glm-5.1', { wish: { effort: 'high', user: 'abcdef' } });
    expect(on.url).toBe('https://api.z.ai/api/paas/v4/chat/completions');
    expect(on.body).toMatchObject({ thinking: { type: 'enabled' }, user_id: 'abcdef' });
    expect(on.body).not.toHaveProperty('reasoning_effort');
    expect((await call('glm-4.6', { wish: { effort: 'none' } })).body['thinking']).toEqual({
      type: 'disabled',
    });
  });

  it('T17: never speaks of parallel calls', async () => {
    const { body } = await call('glm-5.1', {
      wish: { parallelTools: false },
      options: { tools: [readTool] },
    });
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  it('T30: carries reasoning_content with tool calls from GLM-4.7 on', async () => {
    const options = { prompt: toolTurn, tools: [readTool] };
    const kept = (await call('glm-4.7', { options })).body['messages'] as unknown[];
    expect(kept[1]).toHaveProperty('reasoning_content');
    const free = (await call('glm-4.6', { options })).body['messages'] as unknown[];
    expect(free[1]).not.toHaveProperty('reasoning_content');
  });
});

it.each([
  ['glm-5.2', { kind: 'effort', levels: ['none', 'high'] }, 'reasoning-content', false],
  ['glm-4.6', { kind: 'effort', levels: ['none', 'high'] }, 'none', false],
  ['glm-4.6v', { kind: 'effort', levels: ['none', 'high'] }, 'none', true],
  ['glm-4-32b-0414-128k', { kind: 'fixed' }, 'none', false],
])(
  'T18, T21: %s thinks by %j, replays %s, sees images %s; one stop sequence, no forced choice',
  (model, reasoning, replay, images) => {
    const traits = zaiAdapter.traits(model, {});
    expect(traits).toMatchObject({ reasoning, replay, images, stopSequences: 1, toolChoice: 'auto-only' });
  },
);

it('lists its models', async () => {
  const { models } = await listed(zaiAdapter, { model: '', baseUrl }, () => ({
    json: { data: [{ id: 'glm-5.2' }, { id: 'cogview-image' }] },
  }));
  expect(models.map(({ id }) => id)).toEqual(['glm-5.2']);
});
