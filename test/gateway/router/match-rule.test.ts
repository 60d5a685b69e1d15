// Every condition a rule can have, with what meets it and what does not.
import { describe, expect, it } from 'vitest';
import { RouteSettings } from '../../../src/contract/settings.ts';
import { isInFolder, ruleMatches, sayRule } from '../../../src/gateway/router/match-rule.ts';
import type { RouteQuestion } from '../../../src/gateway/router/types.ts';
import { knowledgeOf, question } from './support.ts';

const { localTime } = knowledgeOf([]);
const match = (conditions: unknown) =>
  RouteSettings.parse({ match: conditions, to: [{ provider: 'a' }] }).match;
const meets = (conditions: unknown, asked: Partial<RouteQuestion>): boolean =>
  ruleMatches(match(conditions), question(asked), localTime);
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, day, hour, minute);

describe('a rule', () => {
  it.each([
    ['claude-*haiku*', 'claude-haiku-5-5', true],
    ['claude-opus-4-8', 'claude-opus-4-8-20260101', true],
    ['claude-opus-4-8', 'us.anthropic.claude-opus-4-8-v1:0', true],
    ['claude-opus-4-8', 'claude-opus-4-8@20260101', true],
    ['claude-opus-4-8', 'anthropic/claude-opus-4.8', true],
    ['claude-opus-4-8', 'claude-opus-4-8[1m]', true],
    ['claude-opus-4-8-20260101', 'claude-opus-4-8-20260101', true],
    ['claude-opus-4', 'claude-opus-4-8', false],
    ['*haiku*', 'claude-opus-5', false],
  ])('trap 44: model %s meets %s: %s', (glob, model, expected) => {
    expect(meets({ model: glob }, { model })).toBe(expected);
  });

  it.each([
    ['subagent', 'subagent', null, true],
    ['subagent', 'main', 'a1', false],
    ['subagent', null, 'a1', true],
    ['subagent', null, null, false],
    ['auxiliary', 'auxiliary', null, true],
  ])('request class %s meets class %s of agent %s: %s', (wanted, requestClass, agentId, expected) => {
    expect(meets({ requestClass: wanted }, { requestClass, agentId })).toBe(expected);
  });

  it.each([
    ['*', 'a163cc8ad675ee12e', true],
    ['*', null, false],
    ['a163*', 'a163cc8ad675ee12e', true],
    ['b*', 'a163cc8ad675ee12e', false],
  ])('agent %s meets %s: %s', (agent, agentId, expected) => {
    expect(meets({ agent }, { agentId })).toBe(expected);
  });

  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/b/c/d', true],
    ['/a/b/', '/a/b', true],
    ['/a/b', '/a/b/', true],
    ['/a/b', '/a/bc', false],
    ['/a/b', '/a', false],
    ['/', '/anything', true],
    ['/A', '/a', false],
    ['C:\\Work', 'c:\\work\\app', true],
    ['C:\\Work', 'C:/Work/app', true],
    ['C:\\Work', 'C:\\Workshop', false],
    ['acme', 'acme', true],
    ['acme', 'acme-two', false],
  ])('project %s holds %s: %s', (folder, project, expected) => {
    expect(isInFolder(folder, project)).toBe(expected);
    expect(meets({ project: folder }, { project })).toBe(expected);
  });

  it('a project condition is not met by a request without a project', () => {
    expect(meets({ project: '/' }, { project: null })).toBe(false);
  });

  it.each([
    [{ atLeast: 100 }, 100, true],
    [{ atLeast: 100 }, 99, false],
    [{ below: 100 }, 99, true],
    [{ below: 100 }, 100, false],
    [{ atLeast: 10, below: 20 }, 20, false],
    [{ atLeast: 10, below: 20 }, 10, true],
    [{}, 5, true],
  ])('prompt tokens %j meet %s: %s', (promptTokens, tokens, expected) => {
    expect(meets({ promptTokens }, { promptTokens: tokens })).toBe(expected);
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ])('thinking %s meets %s: %s', (thinking, has, expected) => {
    expect(meets({ thinking }, { thinking: has })).toBe(expected);
  });

  // 23 November 2026 is a Monday.
  it.each([
    [{ from: '09:00', to: '17:00' }, at(23, 9), true],
    [{ from: '09:00', to: '17:00' }, at(23, 16, 59), true],
    [{ from: '09:00', to: '17:00' }, at(23, 17), false],
    [{ from: '22:00', to: '06:00' }, at(23, 22), true],
    [{ from: '22:00', to: '06:00' }, at(23, 5, 59), true],
    [{ from: '22:00', to: '06:00' }, at(23, 6), false],
    [{ from: '22:00', to: '06:00', days: ['mon'] }, at(24, 3), true],
    [{ from: '22:00', to: '06:00', days: ['mon'] }, at(23, 3), false],
    [{ from: '22:00', to: '06:00', days: ['sun'] }, at(23, 3), true],
    [{ from: '09:00', to: '17:00', days: ['tue'] }, at(23, 10), false],
    [{ from: '08:00', to: '08:00' }, at(23, 3), true],
    [{ from: '08:00', to: '08:00', days: ['mon'] }, at(24, 7, 59), true],
    [{ from: '08:00', to: '08:00', days: ['mon'] }, at(24, 8), false],
  ])('time %j meets %s: %s', (time, when, expected) => {
    expect(meets({ time }, { at: when })).toBe(expected);
  });

  it('wants all its conditions', () => {
    const conditions = { model: '*opus*', project: '/p', thinking: true };
    expect(meets(conditions, { project: '/p', thinking: true })).toBe(true);
    expect(meets(conditions, { project: '/p', thinking: false })).toBe(false);
    expect(meets({}, {})).toBe(true);
  });

  it('says itself in words', () => {
    const all = {
      model: 'm*',
      requestClass: 'main',
      agent: '*',
      project: '/p',
      promptTokens: { atLeast: 5 },
      thinking: false,
      time: { from: '22:00', to: '06:00', days: ['fri', 'sat'] },
    };
    expect(sayRule(match(all), 3)).toBe(
      'rule 3, model is m* and requestClass is main and agent is * and project is /p and the prompt has at least 5 tokens and thinking is off and the time is 22:00 to 06:00 on fri, sat',
    );
    expect(sayRule(match({}), 1)).toBe('the default route');
  });
});
