// Keeps one gateway running for the data folder: adopts the one that is there, else starts one, starts it again when
// it dies, and gives up with a reason. It knows neither Electron nor what a gateway does.
import { ReadyLine } from '../contract/control-contract.ts';
import type { GatewayChild, StartGatewayChild } from './gateway-child.ts';
import { decideRestart } from './restart-policy.ts';
import type { GatewayAddress } from './running-gateway.ts';

export type GatewayState =
  | { readonly phase: 'starting' }
  /** `notice`: one sentence the user should read, else null. An adopted gateway outlives the shell. */
  | {
      readonly phase: 'running';
      readonly address: GatewayAddress;
      readonly adopted: boolean;
      readonly notice: string | null;
    }
  /** It died and is started again after `delayMs`. */
  | { readonly phase: 'waiting'; readonly reason: string; readonly delayMs: number }
  /** Nothing happens until the user asks. */
  | { readonly phase: 'stopped'; readonly reason: string }
  /** The shell is quitting; answers in flight are being finished. */
  | { readonly phase: 'stopping' };

export interface SupervisorOptions {
  /** Arguments of `serve` that never change: data folder, settings file. */
  readonly serveArguments: readonly string[];
  /** Port the user asked for; then no other is tried. Null: 8655, or a free one when that is taken. */
  readonly fixedPort: string | null;
  findRunning(): Promise<GatewayAddress | null>;
  readonly startChild: StartGatewayChild;
  isPortFree(port: number): Promise<boolean>;
  /** Calls back once after so many milliseconds; returns how to take that back. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  onState(state: GatewayState): void;
}

/** The address that Claude Code's settings usually carry, so it is worth keeping. */
export const usualPort = 8655;
/** A gateway that has printed nothing for so long hangs; a large database may take a while to open. */
const readyTimeoutMs = 60_000;
/** `serve` drains for ten seconds; after this it is ended. */
const drainTimeoutMs = 12_000;

/** What belongs to one started process. */
interface Run {
  readonly child: GatewayChild;
  readyAt: number | null;
  lastErrorLine: string | null;
  cancelReadyTimer: () => void;
  readonly gone: Promise<void>;
}

export class GatewaySupervisor {
  #state: GatewayState = { phase: 'starting' };
  #run: Run | null = null;
  #quickDeaths = 0;
  #lastPort: number | null = null;
  #cancelRestart: () => void = () => {};
  readonly #options: SupervisorOptions;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): GatewayState {
    return this.#state;
  }

  /** Adopts or starts a gateway; resolves when the attempt has begun. */
  async start(): Promise<void> {
    this.#setState({ phase: 'starting' });
    const running = await this.#options.findRunning();
    if (this.#isStopping()) return;
    if (running !== null) {
      this.#setState({ phase: 'running', address: running, adopted: true, notice: null });
      return;
    }
    await this.#launch();
  }

  /** The user's wish to try again; does nothing while a gateway runs or starts. */
  async restart(): Promise<void> {
    if (this.#state.phase !== 'stopped' && this.#state.phase !== 'waiting') return;
    this.#cancelRestart();
    this.#quickDeaths = 0;
    await this.start();
  }

  /** Called when an adopted gateway's event stream broke: its end is not announced to us. */
  async checkAdopted(): Promise<void> {
    if (this.#state.phase !== 'running' || !this.#state.adopted) return;
    const { address } = this.#state;
    const running = await this.#options.findRunning();
    if (this.#state.phase !== 'running' || this.#state.address !== address) return;
    if (running?.url === address.url && running.controlKey === address.controlKey) return;
    await this.start();
  }

  /** Ends a gateway we started, letting it finish answers in flight; leaves an adopted one running. */
  async stop(): Promise<void> {
    this.#cancelRestart();
    const run = this.#run;
    this.#setState({ phase: 'stopping' });
    if (run === null) return;
    run.cancelReadyTimer();
    run.child.drain();
    const cancelKill = this.#options.setTimer(() => run.child.kill(), drainTimeoutMs);
    await run.gone;
    cancelKill();
  }

  async #launch(): Promise<void> {
    const port = await this.#choosePort();
    if (this.#isStopping()) return;
    const args = ['serve', ...this.#options.serveArguments, '--port', port];
    let announceGone = (): void => {};
    const gone = new Promise<void>((resolve) => (announceGone = resolve));
    const child = this.#options.startChild(args, {
      onOutput: (line) => this.#readReadyLine(run, line),
      onError: (line) => {
        if (line.trim() !== '') run.lastErrorLine = line.trim();
      },
      onExit: (exitCode) => {
        announceGone();
        void this.#afterExit(run, exitCode);
      },
    });
    const run: Run = { child, readyAt: null, lastErrorLine: null, cancelReadyTimer: () => {}, gone };
    run.cancelReadyTimer = this.#options.setTimer(() => {
      run.lastErrorLine ??= `It was not ready after ${readyTimeoutMs / 1000} s.`;
      child.kill();
    }, readyTimeoutMs);
    this.#run = run;
  }

  /** A restart keeps the address, so that open windows and clients find the gateway again. */
  async #choosePort(): Promise<string> {
    const last = this.#lastPort;
    if (last !== null && (await this.#options.isPortFree(last))) return String(last);
    if (this.#options.fixedPort !== null) return this.#options.fixedPort;
    return last !== usualPort && (await this.#options.isPortFree(usualPort)) ? String(usualPort) : '0';
  }

  #readReadyLine(run: Run, line: string): void {
    if (run.readyAt !== null || this.#isStopping()) return;
    const ready = readReadyLine(line);
    if (ready === null) return;
    run.cancelReadyTimer();
    run.readyAt = this.#options.now();
    this.#lastPort = Number(new URL(ready.url).port);
    const moved = this.#options.fixedPort === null && this.#lastPort !== usualPort;
    this.#setState({
      phase: 'running',
      address: { url: ready.url, controlKey: ready.controlKey },
      adopted: false,
      notice: moved
        ? `Port ${usualPort} is used by another program. Tollgate listens on ${ready.url} instead, and Claude Code's settings follow when they were connected.`
        : null,
    });
  }

  async #afterExit(run: Run, exitCode: number | null): Promise<void> {
    run.cancelReadyTimer();
    if (this.#run === run) this.#run = null;
    if (this.#isStopping()) return;
    const decision = decideRestart({
      exitCode,
      readyForMs: run.readyAt === null ? null : this.#options.now() - run.readyAt,
      lastErrorLine: run.lastErrorLine,
      quickDeathsBefore: this.#quickDeaths,
    });
    if (decision.kind === 'restart') {
      this.#quickDeaths = decision.quickDeaths;
      this.#setState({ phase: 'waiting', reason: decision.reason, delayMs: decision.delayMs });
      this.#cancelRestart = this.#options.setTimer(() => void this.start(), decision.delayMs);
      return;
    }
    // "Data folder in use" is no failure when the gateway that uses it can be adopted.
    const running = await this.#options.findRunning();
    if (this.#isStopping()) return;
    this.#setState(
      running === null
        ? { phase: 'stopped', reason: decision.reason }
        : { phase: 'running', address: running, adopted: true, notice: null },
    );
  }

  #isStopping(): boolean {
    return this.#state.phase === 'stopping';
  }

  #setState(state: GatewayState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function readReadyLine(line: string): ReadyLine | null {
  try {
    return ReadyLine.parse(JSON.parse(line));
  } catch {
    return null; // something else that was printed
  }
}
