// Reads from Claude Code's own state file (`.claude.json`) no more than it must: which projects it knows, whether a login
// is stored, which MCP servers the user registered. The file can be large and holds secrets: it passes by in pieces, and
// only those facts are kept.
import { TopLevelScanner } from '../../lib/json-scanner.ts';
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';

const LARGEST_STATE = 128 * 1024 * 1024;
const LARGEST_SERVERS = 512 * 1024;
/** More projects than anybody has; a file that claims more is not worth the time. */
const MOST_PROJECTS = 2_000;
/** Enough to tell an object from `null`. */
const PRESENCE = 4;

export interface McpEntry {
  readonly name: string;
  /** Null for a server that is started as a program. */
  readonly url: string | null;
}

export interface ClaudeState {
  /** Absolute paths. */
  readonly projects: readonly string[];
  /** `oauthAccount` or a Console key is stored. */
  readonly hasLogin: boolean;
  readonly mcpServers: readonly McpEntry[];
  /** Why a file could not be used: sentences. */
  readonly gaps: readonly string[];
}

/** Where the state of this config folder can be. */
export function statePaths(machine: Machine, claudeFolder: string): string[] {
  const paths = pathsOf(machine);
  const inside = paths.join(claudeFolder, '.claude.json');
  const standard = paths.join(machine.home, '.claude');
  if (paths.resolve(claudeFolder) !== paths.resolve(standard)) return [inside];
  return [inside, paths.join(machine.home, '.claude.json')];
}

export async function readClaudeState(machine: Machine, claudeFolder: string): Promise<ClaudeState> {
  const states = await Promise.all(statePaths(machine, claudeFolder).map((path) => readState(machine, path)));
  return {
    projects: [...new Set(states.flatMap((state) => state.projects))].slice(0, MOST_PROJECTS),
    hasLogin: states.some((state) => state.hasLogin),
    mcpServers: states.flatMap((state) => state.mcpServers),
    gaps: states.flatMap((state) => state.gaps),
  };
}

/** Per machine and path, what was read and from which state of the file: it is large, and asked for at every status. */
const remembered = new WeakMap<
  Machine,
  Map<string, { readonly mark: string; readonly state: ClaudeState }>
>();

async function readState(machine: Machine, path: string): Promise<ClaudeState> {
  const stat = await machine.files.stat(path);
  if (stat === null) return scanState(machine, path);
  const mark = `${stat.size} ${stat.changedAt}`;
  const known = remembered.get(machine) ?? new Map<string, { mark: string; state: ClaudeState }>();
  remembered.set(machine, known);
  const before = known.get(path);
  if (before?.mark === mark) return before.state;
  const state = await scanState(machine, path);
  known.set(path, { mark, state });
  return state;
}

async function scanState(machine: Machine, path: string): Promise<ClaudeState> {
  const scanner = new TopLevelScanner(
    new Map([
      ['oauthAccount', PRESENCE],
      ['primaryApiKey', PRESENCE],
      ['mcpServers', LARGEST_SERVERS],
    ]),
  );
  const keys = new NestedKeyScanner('projects', MOST_PROJECTS);
  const state = await machine.files.readParts(path, LARGEST_STATE, (part) => {
    scanner.feed(part);
    keys.feed(part);
  });
  if (state === 'absent') return { projects: [], hasLogin: false, mcpServers: [], gaps: [] };
  const present = (name: string): boolean => {
    const text = scanner.found.get(name)?.text;
    return text !== undefined && !/^(null|""|fals)/.test(text);
  };
  const paths = pathsOf(machine);
  return {
    projects: keys.found.filter((project) => paths.isAbsolute(project)),
    hasLogin: present('oauthAccount') || present('primaryApiKey'),
    mcpServers: readServers(scanner.found.get('mcpServers')?.text),
    gaps:
      state === 'ok'
        ? []
        : [`${path} could not be read, so projects and a stored login may be missing here.`],
  };
}

function readServers(text: string | undefined): McpEntry[] {
  const servers = parseObject(text);
  return Object.entries(servers).map(([name, entry]) => {
    const url: unknown = typeof entry === 'object' && entry !== null && 'url' in entry ? entry.url : null;
    return { name, url: typeof url === 'string' ? url : null };
  });
}

function parseObject(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LONGEST_KEY = 16 * 1024;

/** Finds the keys of one object at the top level, however large the values beside and under them are. */
export class NestedKeyScanner {
  readonly found: string[] = [];
  readonly #name: string;
  readonly #most: number;
  #depth = 0;
  #inside = false;
  /** The string that just ended, when it stood where a key may stand. */
  #lastKey: string | null = null;
  #expectsKey = false;
  #inString = false;
  #escaped = false;
  #parts: Buffer[] | null = null;

  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  feed(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#parts?.push(chunk.subarray(start, at));
          this.#endString();
        }
      } else if (byte === QUOTE) {
        this.#inString = true;
        const wanted = this.#expectsKey && (this.#depth === 1 || (this.#depth === 2 && this.#inside));
        this.#parts = wanted ? [] : null;
        start = at + 1;
      } else this.#step(byte);
    }
    if (this.#inString && this.#parts !== null) {
      this.#parts.push(Buffer.from(chunk.subarray(start)));
      if (this.#parts.reduce((sum, part) => sum + part.length, 0) > LONGEST_KEY) this.#parts = null;
    }
  }

  #step(byte: number): void {
    switch (byte) {
      case 0x7b: // {
        this.#depth++;
        if (this.#depth === 2) this.#inside = this.#lastKey === this.#name;
        this.#expectsKey = true;
        break;
      case 0x5b: // [
        this.#depth++;
        this.#expectsKey = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        this.#depth--;
        if (this.#depth < 2) this.#inside = false;
        // What follows a closed value of an object is the next key, behind a comma.
        this.#expectsKey = true;
        break;
      case 0x2c: // ,
        this.#expectsKey = true;
        break;
      case 0x3a: // :
        this.#expectsKey = false;
        if (this.#depth === 2 && this.#inside && this.#lastKey !== null && this.found.length < this.#most) {
          this.found.push(this.#lastKey);
        }
        break;
    }
  }

  #endString(): void {
    this.#inString = false;
    if (this.#parts === null) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = null;
    try {
      this.#lastKey = text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
    } catch {
      this.#lastKey = null;
    }
  }
}
