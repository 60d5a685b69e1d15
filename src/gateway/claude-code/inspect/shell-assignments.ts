// Which watched variables a shell file gives to the programs started from it: `export`, `declare -x`, fish's `set -x`,
// `unset`, aliases and one-line prefixes for Claude Code, and which further files it reads. Pure.
import { watchedName } from './route-names.ts';
import { splitShell } from './shell-words.ts';
import type { ShellCommand, ShellWord } from './shell-words.ts';

export interface ShellAssignment {
  readonly name: string;
  /** As it stands; null when the shell works it out. An unset variable has an empty one. */
  readonly value: string | null;
  readonly offset: number;
  /** True when it counts only in a command, an alias or a function of the file. */
  readonly inCommand: boolean;
}

export interface ShellFacts {
  readonly assignments: readonly ShellAssignment[];
  /** Paths behind `source` and `.`, as written after removal of quotes. */
  readonly reads: readonly string[];
}

const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/;
const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '{',
  '}',
  '!',
  'time',
  'and',
  'or',
  'not',
  'begin',
  'builtin',
  'command',
  'exec',
  'noglob',
]);
const fishBlocks = new Set(['if', 'while', 'for', 'switch', 'begin']);
const declarers = new Set(['export', 'declare', 'typeset', 'readonly', 'local']);

export function findShellAssignments(text: string, dialect: 'posix' | 'fish'): ShellFacts {
  const reader = new Reader();
  for (const command of splitShell(text, dialect === 'fish')) reader.take(command, dialect);
  return { assignments: reader.finish(), reads: reader.reads };
}

interface Draft extends ShellAssignment {
  readonly exported: boolean;
}

class Reader {
  readonly reads: string[] = [];
  readonly #drafts: Draft[] = [];
  readonly #exportedLater = new Set<string>();
  #exportsAll = false;
  /** Blocks open within a function; what stands there happens only when it is called. */
  #functionDepth = 0;
  #functionNamed = false;

  take(command: ShellCommand, dialect: 'posix' | 'fish'): void {
    this.#trackFunctions(command, dialect);
    const words = skipKeywords(command.words);
    if (words.length === 0) return;
    const prefix = words.findIndex((word) => assignedName(word) === null);
    const leading = prefix === -1 ? words : words.slice(0, prefix);
    // `NAME=value command claude` and the like.
    const [program, ...rest] = prefix === -1 ? [] : skipKeywords(words.slice(prefix));
    if (program === undefined) {
      // Without `export` it reaches no program, unless it is exported elsewhere.
      for (const word of leading) this.#assign(word, false, false);
      return;
    }
    if (startsClaude(program.text, rest)) {
      const extra = program.text === 'env' ? rest : [];
      for (const word of [...leading, ...extra]) this.#assign(word, true, true);
      return;
    }
    if (dialect === 'fish' && program.text === 'set') this.#takeFishSet(rest, command.opensGroup);
    else if (declarers.has(program.text)) this.#takeDeclaration(program.text, rest);
    else this.#takeOther(program.text, rest);
  }

  #trackFunctions(command: ShellCommand, dialect: 'posix' | 'fish'): void {
    const first = command.words[0]?.text ?? '';
    if (dialect === 'fish') {
      if (first === 'end') this.#functionDepth = Math.max(0, this.#functionDepth - 1);
      else if (first === 'function' || (this.#functionDepth > 0 && fishBlocks.has(first)))
        this.#functionDepth++;
      return;
    }
    const named = first === 'function' || (command.opensGroup && command.words.length === 1);
    for (const { text } of command.words) {
      if (text === '{' && (named || this.#functionNamed || this.#functionDepth > 0)) this.#functionDepth++;
      else if (text === '}') this.#functionDepth = Math.max(0, this.#functionDepth - 1);
    }
    this.#functionNamed = named && this.#functionDepth === 0;
  }

  finish(): ShellAssignment[] {
    return this.#drafts
      .filter((draft) => draft.exported || this.#exportsAll || this.#exportedLater.has(draft.name))
      .map(({ name, value, offset, inCommand }) => ({ name, value, offset, inCommand }));
  }

  #takeOther(program: string, rest: readonly ShellWord[]): void {
    if (program === 'unset') {
      for (const word of rest) this.#push(word.text, '', word.offset, true, false);
    } else if (program === 'alias') {
      for (const word of rest) this.#takeAlias(word);
    } else if (program === '.' || program === 'source') {
      const path = rest[0]?.text;
      if (path !== undefined) this.reads.push(path);
    } else if (program === 'set' && rest.some((word) => /^-[a-z]*a|^allexport$/.test(word.text))) {
      this.#exportsAll = true;
    } else if (program === 'setopt' && rest.some((word) => /^all_?export$/i.test(word.text))) {
      this.#exportsAll = true;
    } else if (program === 'launchctl' && rest[0]?.text === 'setenv' && rest[1] !== undefined) {
      const value = rest[2];
      this.#push(
        rest[1].text,
        value === undefined || value.dynamic ? null : value.text,
        rest[1].offset,
        true,
        false,
      );
    }
  }

  #takeDeclaration(program: string, rest: readonly ShellWord[]): void {
    const flags = rest.filter((word) => /^[-+]/.test(word.text)).map((word) => word.text);
    if (program === 'export' && flags.some((flag) => /^-[a-z]*n/.test(flag))) return;
    const exports = program === 'export' || flags.some((flag) => /^-[A-Za-z]*x/.test(flag));
    for (const word of rest) {
      if (assignedName(word) !== null) this.#assign(word, exports, false);
      else if (exports) this.#exportedLater.add(word.text);
    }
  }

  #takeFishSet(rest: readonly ShellWord[], opensGroup: boolean): void {
    const flags = rest.filter((word) => word.text.startsWith('-')).map((word) => word.text);
    const [name, ...values] = rest.filter((word) => !word.text.startsWith('-'));
    if (name === undefined) return;
    const has = (letter: string, long: string): boolean =>
      flags.some((flag) => flag === long || (/^-[a-zA-Z]+$/.test(flag) && flag.includes(letter)));
    if (has('e', '--erase')) this.#push(name.text, '', name.offset, true, false);
    else if (!has('q', '--query')) {
      const dynamic = opensGroup || values.some((word) => word.dynamic);
      const value = dynamic ? null : values.map((word) => word.text).join(' ');
      this.#push(name.text, value, name.offset, has('x', '--export'), false);
    }
  }

  #takeAlias(word: ShellWord): void {
    const equals = word.text.indexOf('=');
    if (equals === -1) return;
    for (const inner of splitShell(word.text.slice(equals + 1), false)) {
      const start = inner.words.findIndex((one) => assignedName(one) === null && one.text !== 'env');
      const program = inner.words[start];
      if (program === undefined || !isClaude(program.text)) continue;
      for (const one of inner.words.slice(0, start)) {
        const name = assignedName(one);
        if (name === null) continue;
        this.#push(name, one.dynamic ? null : one.text.slice(name.length + 1), word.offset, true, true);
      }
    }
  }

  #assign(word: ShellWord, exported: boolean, inCommand: boolean): void {
    const name = assignedName(word);
    if (name === null) return;
    const value = word.dynamic ? null : word.text.slice(word.text.indexOf('=') + 1);
    this.#push(name, value, word.offset, exported, inCommand);
  }

  #push(name: string, value: string | null, offset: number, exported: boolean, inCommand: boolean): void {
    const watched = watchedName(name, false);
    if (watched === null) return;
    const draft = { name: watched, value, offset, exported, inCommand: inCommand || this.#functionDepth > 0 };
    this.#drafts.push(draft);
  }
}

function skipKeywords(words: readonly ShellWord[]): readonly ShellWord[] {
  const start = words.findIndex((word) => !keywords.has(word.text));
  return start === -1 ? [] : words.slice(start);
}

function assignedName(word: ShellWord): string | null {
  const match = ASSIGNMENT.exec(word.text);
  // A quoted equals sign makes no assignment.
  return match !== null && match[0].length <= word.plain ? (match[1] ?? null) : null;
}

function isClaude(program: string): boolean {
  return /(^|[\\/])claude(\.exe|\.cmd)?$/.test(program);
}

function startsClaude(program: string, rest: readonly ShellWord[]): boolean {
  return isClaude(program) || (program === 'env' && rest.some((word) => isClaude(word.text)));
}
