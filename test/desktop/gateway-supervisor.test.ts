// The supervisor against a pretended gateway, clock and lock file.
import { describe, expect, test } from 'vitest';
import type { GatewayChildEvents } from '../../src/desktop/gateway-child.ts';
import {
  GatewaySupervisor,
  type GatewayState,
  type SupervisorOptions,
} from '../../src/desktop/gateway-supervisor.ts';
import type { GatewayAddress } from '../../src/desktop/running-gateway.ts';

class Child {
  readonly args: readonly string[];
  readonly events: GatewayChildEvents;
  drained = false;
  killed = false;

  constructor(args: readonly string[], events: GatewayChildEvents) {
    this.args = args;
    this.events = events;
  }

  get port(): string {
    return this.args[this.args.indexOf('--port') + 1] ?? '';
  }

  becomeReady(port = this.port): void {
    const url = `http://127.0.0.1:${port === '0' ? '41234' : port}`;
    const keys = { mcp: `${url}/mcp`, ui: `${url}/?k=once`, clientKey: 'tg-c', controlKey: 'control' };
    this.events.onOutput(JSON.stringify({ event: 'ready', url, ...keys, dataDir: '/d', pid: 1 }));
  }

  async exit(code: number | null, words = ''): Promise<void> {
    if (words !== '') this.events.onError(words);
    this.events.onExit(code);
    await settle();
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function rig(changes: Partial<SupervisorOptions> = {}) {
  const children: Child[] = [];
  const states: GatewayState[] = [];
  const timers = new Map<() => void, number>();
  const world = { running: null as GatewayAddress | null, takenPorts: new Set<number>(), now: 0 };
  const supervisor = new GatewaySupervisor({
    serveArguments: ['--data-dir', '/d'],
    fixedPort: null,
    findRunning: async () => world.running,
    startChild(args, events) {
      const child = new Child(args, events);
      children.push(child);
      return { drain: () => void (child.drained = true), kill: () => void (child.killed = true) };
    },
    isPortFree: async (port) => !world.takenPorts.has(port),
    setTimer(callback, delayMs) {
      timers.set(callback, delayMs);
      return () => void timers.delete(callback);
    },
    now: () => world.now,
    onState: (state) => void states.push(state),
    ...changes,
  });
  const fire = async (delayMs: number): Promise<void> => {
    const due = [...timers].find(([, delay]) => delay === delayMs);
    if (due === undefined)
      throw new Error(`no timer of ${delayMs} ms; there are ${[...timers.values()].join(', ')}`);
    timers.delete(due[0]);
    due[0]();
    await settle();
  };
  const last = (): Child => {
    const child = children.at(-1);
    if (child === undefined) throw new Error('no gateway was started');
    return child;
  };
  return { supervisor, children, states, timers, world, fire, last };
}

const elsewhere: GatewayAddress = { url: 'http://127.0.0.1:9000', controlKey: 'theirs' };

describe('starting', () => {
  test('a gateway that already runs for the data folder is adopted; no second one is started', async () => {
    const { supervisor, world, children } = rig();
    world.running = elsewhere;
    await supervisor.start();
    expect(supervisor.state).toEqual({ phase: 'running', address: elsewhere, adopted: true, notice: null });
    expect(children).toHaveLength(0);
  });

  test('the usual port is used when it is free, and the ready line makes it running', async () => {
    const { supervisor, last } = rig();
    await supervisor.start();
    expect(last().args).toEqual(['serve', '--data-dir', '/d', '--port', '8655']);
    last().events.onOutput('something else');
    expect(supervisor.state.phase).toBe('starting');
    last().becomeReady();
    expect(supervisor.state).toMatchObject({ phase: 'running', adopted: false, notice: null });
  });

  test('a foreign program on port 8655: another port is used, and the user is told', async () => {
    const { supervisor, last, world } = rig();
    world.takenPorts.add(8655);
    await supervisor.start();
    expect(last().port).toBe('0');
    last().becomeReady();
    expect(supervisor.state).toMatchObject({
      phase: 'running',
      notice: expect.stringContaining('8655') as string,
    });
  });

  test('a port the user asked for is used as it is, without notice', async () => {
    const { supervisor, last } = rig({ fixedPort: '9100' });
    await supervisor.start();
    expect(last().port).toBe('9100');
    last().becomeReady();
    expect(supervisor.state).toMatchObject({ notice: null });
  });

  test('a gateway that never gets ready is ended and counts as dead', async () => {
    const { supervisor, last, fire } = rig();
    await supervisor.start();
    await fire(60_000);
    expect(last().killed).toBe(true);
    await last().exit(null);
    expect(supervisor.state).toMatchObject({
      phase: 'waiting',
      reason: expect.stringContaining('60 s') as string,
    });
  });
});

describe('dying', () => {
  test('it is started again on the port it had, after the delay', async () => {
    const { supervisor, last, fire, children, world } = rig();
    world.takenPorts.add(8655);
    await supervisor.start();
    last().becomeReady();
    await last().exit(1, 'out of memory');
    expect(supervisor.state).toMatchObject({ phase: 'waiting', delayMs: 500 });
    await fire(500);
    expect(children).toHaveLength(2);
    expect(last().port).toBe('41234');
  });

  test('five quick deaths: it gives up with the last words, and starts again when the user asks', async () => {
    const { supervisor, last, fire } = rig();
    await supervisor.start();
    for (const delay of [500, 1_000, 2_000, 4_000]) {
      last().becomeReady();
      await last().exit(1, 'disk full');
      await fire(delay);
    }
    await last().exit(1, 'disk full');
    expect(supervisor.state).toMatchObject({
      phase: 'stopped',
      reason: expect.stringContaining('disk full') as string,
    });
    await supervisor.restart();
    last().becomeReady();
    expect(supervisor.state.phase).toBe('running');
    await last().exit(1, 'again');
    expect(supervisor.state).toMatchObject({ phase: 'waiting', delayMs: 500 });
  });

  test('a minute of health in between starts the counting afresh', async () => {
    const { supervisor, last, fire, world } = rig();
    await supervisor.start();
    for (let round = 0; round < 10; round += 1) {
      last().becomeReady();
      world.now += 60_000;
      await last().exit(1, 'once in a while');
      await fire(500);
    }
    expect(supervisor.state.phase).toBe('starting');
  });

  test('exit code 2 stops with its own words, unless the one in the way can be adopted', async () => {
    const first = rig();
    await first.supervisor.start();
    await first.last().exit(2, 'config.json: providers[0].type is unknown');
    expect(first.supervisor.state).toEqual({
      phase: 'stopped',
      reason: 'config.json: providers[0].type is unknown',
    });

    const second = rig();
    await second.supervisor.start();
    second.world.running = elsewhere;
    await second.last().exit(2, 'the data folder is in use');
    expect(second.supervisor.state).toMatchObject({ phase: 'running', adopted: true });
  });

  test('asking while it waits starts at once and only once', async () => {
    const { supervisor, last, timers, children } = rig();
    await supervisor.start();
    await last().exit(1);
    await supervisor.restart();
    expect(children).toHaveLength(2);
    expect([...timers.values()]).not.toContain(500);
  });

  test('an adopted gateway that went away is replaced; one that is still there is kept', async () => {
    const { supervisor, world, children } = rig();
    world.running = elsewhere;
    await supervisor.start();
    await supervisor.checkAdopted();
    expect(children).toHaveLength(0);
    world.running = null;
    await supervisor.checkAdopted();
    expect(children).toHaveLength(1);
  });
});

describe('quitting', () => {
  test('our own gateway is drained and waited for, and its end is no death', async () => {
    const { supervisor, last, states, timers } = rig();
    await supervisor.start();
    last().becomeReady();
    const stopped = supervisor.stop();
    expect(last()).toMatchObject({ drained: true, killed: false });
    await last().exit(0);
    await stopped;
    expect(states.at(-1)).toEqual({ phase: 'stopping' });
    expect(timers.size).toBe(0);
  });

  test('one that does not end in time is ended', async () => {
    const { supervisor, last, fire } = rig();
    await supervisor.start();
    last().becomeReady();
    const stopped = supervisor.stop();
    await fire(12_000);
    expect(last().killed).toBe(true);
    await last().exit(null);
    await stopped;
  });

  test('an adopted gateway is left running', async () => {
    const { supervisor, world, timers } = rig();
    world.running = elsewhere;
    await supervisor.start();
    await supervisor.stop();
    expect(timers.size).toBe(0);
  });

  test('nothing is started after the wish to quit', async () => {
    const { supervisor, last, timers, children } = rig();
    await supervisor.start();
    await last().exit(1);
    await supervisor.stop();
    expect(timers.size).toBe(0);
    expect(children).toHaveLength(1);
  });
});
