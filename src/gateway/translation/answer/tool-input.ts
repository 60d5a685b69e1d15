// The arguments of one tool call on their way to the client: streamed as they come when they are what they should be, a
// JSON object, else held back until they are whole (T47, T48); and the repairs of T49.

export type Repair = 'empty-pages' | 'unwrapped-parameters';

/** Which repairs may apply to a call. */
export interface RepairPlan {
  /** `pages: ""` of the tool `Read` is dropped: the tool refuses an empty string. */
  readonly emptyPages: boolean;
  /** `{"parameters": {…}}` becomes its content: the tool has properties, and none of that name. */
  readonly unwrap: boolean;
}

export const noRepairs: RepairPlan = { emptyPages: false, unwrap: false };

const WRAPPER = '{"parameters":';

/** Says what may be mended in a call of this tool. */
export function planRepairs(name: string, properties: ReadonlySet<string> | undefined): RepairPlan {
  if (properties === undefined) return noRepairs;
  return {
    emptyPages: name === 'Read' && properties.has('pages'),
    unwrap: properties.size > 0 && !properties.has('parameters'),
  };
}

/** Arguments as an object; null when they are not one. Nothing at all is an empty object. */
export function parseInput(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || value === '') return {};
    return asRecord(value);
  } catch {
    return null;
  }
}

function isEmpty(text: string): boolean {
  const input = parseInput(text);
  return input !== null && Object.keys(input).length === 0;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

export class ToolInput {
  readonly repaired: Repair[] = [];
  readonly #plan: RepairPlan;
  #text = '';
  #sent = 0;
  #mode: 'undecided' | 'live' | 'held';

  constructor(plan: RepairPlan) {
    this.#plan = plan;
    this.#mode = plan.emptyPages ? 'held' : 'undecided';
  }

  add(delta: string): void {
    this.#text += delta;
    if (this.#mode === 'undecided') this.#decide();
  }

  #decide(): void {
    const start = this.#text.trimStart();
    // An empty object may be a package's stand-in for arguments that never came: it is not sent before the end.
    if (/^(?:\{\s*\}?\s*)?$/.test(start)) return;
    if (!start.startsWith('{')) {
      this.#mode = 'held';
    } else if (!this.#plan.unwrap) {
      this.#mode = 'live';
    } else {
      const compact = start.slice(0, 64).replace(/\s+/g, '');
      if (compact.startsWith(WRAPPER)) this.#mode = 'held';
      else if (!WRAPPER.startsWith(compact)) this.#mode = 'live';
    }
  }

  /** What can be sent now and was not yet. */
  take(): string {
    if (this.#mode !== 'live' || this.#sent === this.#text.length) return '';
    return this.#rest();
  }

  /**
   * Gives the call's arguments as the provider repeats them at its end. Packages put `{}` in the place of fragments that
   * are no JSON: those stay what they are, so that the call is known to be broken.
   */
  settle(whole: string): void {
    const mayReplace = this.#sent === 0 && !this.isValid && !isEmpty(whole);
    if (this.#text.trim() === '' || whole.startsWith(this.#text) || mayReplace) this.#text = whole;
  }

  /** True while nothing was sent and there is nothing to send: so look arguments that never came, and a tool without any. */
  get isUnsaid(): boolean {
    return this.#sent === 0 && isEmpty(this.#text);
  }

  get isValid(): boolean {
    return parseInput(this.#text) !== null;
  }

  /**
   * The end of the arguments. A sent prefix is never contradicted; an input of which nothing was sent is sent in one
   * piece, `{}` when there was none. With `cut` the answer stopped before this call was complete.
   */
  end(cut: boolean): string {
    if (this.#sent > 0 || (cut && this.#text.trim() === '')) return this.#rest();
    const input = parseInput(this.#text);
    if (input === null) return this.#rest();
    const mended = this.#mend(input);
    if (mended === input && this.#text.trimStart().startsWith('{')) return this.#rest();
    this.#sent = this.#text.length;
    return JSON.stringify(mended);
  }

  #rest(): string {
    const rest = this.#sent === 0 ? this.#text : this.#text.slice(this.#sent);
    this.#sent = this.#text.length;
    return rest;
  }

  #mend(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let mended = input;
    if (this.#plan.unwrap && Object.keys(mended).length === 1) {
      const inner = asRecord(mended['parameters']);
      if (inner !== null) {
        mended = inner;
        this.repaired.push('unwrapped-parameters');
      }
    }
    if (this.#plan.emptyPages && mended['pages'] === '') {
      const { pages: _empty, ...kept } = mended;
      mended = kept;
      this.repaired.push('empty-pages');
    }
    return mended;
  }
}
