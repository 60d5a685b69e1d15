// Quitting never strands anyone (trap 23 and 26): it asks once, remembers when asked to, gives back before it goes, and
// stays when that fails.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import { BackgroundStart } from '../../src/contract/background-start.ts';
import { withBackgroundStart } from '../../src/desktop/background-start.ts';
import type { GatewayState } from '../../src/desktop/gateway-supervisor.ts';
import { LeaveTaking } from '../../src/desktop/leave-taking.ts';
import { LoginOffer } from '../../src/desktop/login-offer.ts';
import { decideQuit, type QuitQuestion } from '../../src/desktop/quit-question.ts';
import type { OnQuit } from '../../src/preload/desktop-api.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { sampleStatus } from './support/sample-facts.ts';

const running: GatewayState = {
  phase: 'running',
  address: { url: 'http://127.0.0.1:8655', controlKey: 'k' },
  adopted: false,
  notice: null,
};
const session = { sessionId: 's', project: '/home/me/acme', lastSeenAt: 1 };
const direct: GatewayStatus = sampleStatus({
  claudeCode: { ...sampleStatus().claudeCode, routedBy: 'direct' },
});

interface Answer {
  readonly press: string;
  readonly remember?: boolean;
}

function rig(answers: Answer[] = [], { hasTray = true } = {}) {
  const world = {
    state: running,
    remembered: 'ask' as OnQuit,
    statusNow: null as GatewayStatus | null,
    statusAfter: direct as GatewayStatus | null,
    refuse: '',
  };
  const calls: string[] = [];
  const questions: QuitQuestion[] = [];
  const leave = new LeaveTaking({
    gatewayState: () => world.state,
    hasTray: () => hasTray,
    async ask(question) {
      questions.push(question);
      const answer = answers.shift();
      const button = question.buttons.findIndex(({ label }) => label === answer?.press);
      return { button: button === -1 ? question.escape : button, remember: answer?.remember === true };
    },
    preference: { read: () => world.remembered, save: (choice) => void (world.remembered = choice) },
    async giveBack() {
      if (world.refuse !== '') throw new Error(world.refuse);
      calls.push('give back');
    },
    readStatus: async () => (calls.includes('give back') ? world.statusAfter : world.statusNow),
    stay: () => void calls.push('stay'),
    notify: (title, text) => void calls.push(`${title}: ${text}`),
  });
  return { leave, world, calls, questions };
}

describe('quitting while Claude Code is connected', () => {
  test('asks; to keep running closes nothing but the windows, and the next time it asks again', async () => {
    const { leave, calls, questions, world } = rig([{ press: 'Keep running in the tray' }]);
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(false);
    expect(calls).toEqual(['stay']);
    expect(questions).toHaveLength(1);
    expect(world.remembered).toBe('ask');
  });

  test('gives the settings back before it goes', async () => {
    const { leave, calls } = rig([{ press: 'Give settings back and quit' }]);
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(true);
    expect(calls).toEqual(['give back']);
  });

  test.each([
    ['Keep running in the tray', 'keep', false],
    ['Give settings back and quit', 'give-back', true],
  ] as const)('remembers "%s" when asked to, and then asks no more', async (press, remembered, goes) => {
    const { leave, questions, world } = rig([{ press, remember: true }]);
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(goes);
    expect(world.remembered).toBe(remembered);
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(goes);
    expect(questions).toHaveLength(1);
  });

  test('leaving the question open decides nothing, also with the box ticked', async () => {
    const { leave, calls, world } = rig([{ press: 'Cancel', remember: true }]);
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(false);
    expect(world.remembered).toBe('ask');
    expect(calls).toEqual(['stay']);
  });

  test('a give-back that fails keeps Tollgate running and says why', async () => {
    const { leave, calls, world } = rig([{ press: 'Give settings back and quit' }]);
    world.refuse = 'settings.json, line 3: a comma is missing.';
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(false);
    expect(calls).toEqual([
      "Tollgate keeps running: Claude Code's settings could not be given back: settings.json, line 3: a comma is missing.",
      'stay',
    ]);
  });

  test('sessions that still come through after the give-back are told of before it goes', async () => {
    const { leave, questions, world } = rig([
      { press: 'Give settings back and quit' },
      { press: 'Quit anyway' },
    ]);
    world.statusAfter = { ...direct, lingeringSessions: [session] };
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(true);
    expect(questions[1]?.detail).toContain('/home/me/acme');
  });

  test('the tray’s way out asks nothing', async () => {
    const { leave, calls, questions } = rig();
    leave.learn(sampleStatus());
    leave.giveBackNext();
    expect(await leave.mayQuit()).toBe(true);
    expect([calls, questions]).toEqual([['give back'], []]);
  });

  test('a gateway that has died does not hide that the settings lead to it', async () => {
    const { leave, calls, world } = rig([{ press: 'Give settings back and quit' }]);
    leave.learn(sampleStatus());
    world.state = { phase: 'stopped', reason: 'gone' };
    world.statusAfter = null;
    expect(await leave.mayQuit()).toBe(true);
    expect(calls).toEqual(['give back']);
  });

  test('a connect that the shell was not told of counts', async () => {
    const { leave, questions, world } = rig();
    leave.learn(direct);
    world.statusNow = sampleStatus();
    expect(await leave.mayQuit()).toBe(false);
    expect(questions).toHaveLength(1);
  });

  test('without a tray the window stays instead (trap 101)', async () => {
    const { leave, questions } = rig([], { hasTray: false });
    leave.learn(sampleStatus());
    expect(await leave.mayQuit()).toBe(false);
    expect(questions[0]?.buttons[0]?.label).toBe('Keep Tollgate open');
  });
});

describe('no question where nobody would be stranded', () => {
  test('not connected; nothing known; a gateway that lives on', async () => {
    const { leave, world, questions } = rig();
    expect(await leave.mayQuit()).toBe(true);
    leave.learn(direct);
    expect(await leave.mayQuit()).toBe(true);
    leave.learn(sampleStatus());
    world.state = { ...running, adopted: true };
    expect(await leave.mayQuit()).toBe(true);
    expect(questions).toEqual([]);
  });
});

test('whatever the situation: it goes unasked only when nobody depends on it or the user said so', () => {
  const situation = fc.record({
    endsWithShell: fc.boolean(),
    connected: fc.boolean(),
    lingering: fc.constantFrom([], [session], [session, { ...session, sessionId: 't' }]),
    remembered: fc.constantFrom<OnQuit>('ask', 'keep', 'give-back'),
    hasTray: fc.boolean(),
  });
  fc.assert(
    fc.property(situation, (one) => {
      const { kind } = decideQuit(one);
      const depended = one.endsWithShell && (one.connected || one.lingering.length > 0);
      expect(kind === 'quit').toBe(!depended);
      if (kind === 'give-back') expect(one.remembered).toBe('give-back');
    }),
  );
});

describe('the start at login', () => {
  function offerRig(answer: boolean) {
    const world = { on: false, offered: false, asked: 0, available: true };
    const offer = (): LoginOffer =>
      new LoginOffer({
        available: world.available,
        isOn: () => world.on,
        memory: { wasOffered: () => world.offered, setOffered: () => void (world.offered = true) },
        async ask() {
          world.asked += 1;
          return answer;
        },
        switchOn: async () => void (world.on = true),
        notify: () => {},
      });
    return { world, offer };
  }

  test.each([true, false])('is offered once, when Claude Code was connected; answered %s', async (answer) => {
    const { world, offer } = offerRig(answer);
    const first = offer();
    await first.learn(direct);
    expect(world.asked).toBe(0);
    await first.learn(sampleStatus());
    expect(world).toMatchObject({ asked: 1, on: answer });
    await first.learn(direct);
    await first.learn(sampleStatus());
    const second = offer();
    await second.learn(direct);
    await second.learn(sampleStatus());
    expect(world.asked).toBe(1);
  });

  test('is not offered to who has been connected all along, nor where there is none', async () => {
    const { world, offer } = offerRig(true);
    await offer().learn(sampleStatus());
    world.available = false;
    const checkout = offer();
    await checkout.learn(direct);
    await checkout.learn(sampleStatus());
    expect(world.asked).toBe(0);
  });

  test('leaves word how a session may start the app, and takes it back', async () => {
    const folder = await createTemporaryFolder();
    let on = false;
    const item = withBackgroundStart(
      { isOn: () => on, set: async (open) => void (on = open) },
      '/apps/Tollgate.AppImage',
      join(folder.path, 'data'),
    );
    const read = () => readFile(join(folder.path, 'data', 'background.json'), 'utf8');
    await item.set(true);
    expect(BackgroundStart.parse(JSON.parse(await read())).command).toEqual([
      '/apps/Tollgate.AppImage',
      '--hidden',
      '--data-dir',
      join(folder.path, 'data'),
    ]);
    await item.set(false);
    await expect(read()).rejects.toThrow('ENOENT');
    await folder.remove();
  });
});
