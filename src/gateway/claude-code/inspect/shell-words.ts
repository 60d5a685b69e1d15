// Splits a shell file into commands and words the way a shell does, as far as needed to see which variables it sets:
// quotes, comments, line continuations, here-documents, substitutions. It runs and expands nothing. Pure.

/** A word after removal of quotes. */
export interface ShellWord {
  readonly text: string;
  /** Where it begins in the file. */
  readonly offset: number;
  /** True when it holds a variable or a substitution, which then stand in `text` as written. */
  readonly dynamic: boolean;
  /** Length of the unquoted start; an assignment's name and `=` must lie in it. */
  readonly plain: number;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** True when a parenthesis follows: in fish its output becomes a further word. */
  readonly opensGroup: boolean;
}

/** Any white space that does not end a line; what ends a word must be passed over here, or the way stops. */
const BLANK = /[^\S\r\n]/;
const ENDS_WORD = /[\s;&|()<>]/;

/** `fish`: parentheses are substitutions there, and there are no here-documents. */
export function splitShell(text: string, fish: boolean): ShellCommand[] {
  return new Splitter(text, fish).run();
}

class Splitter {
  readonly #text: string;
  readonly #fish: boolean;
  #at = 0;
  #words: ShellWord[] = [];
  readonly #commands: ShellCommand[] = [];
  #hereDocuments: { end: string; tabs: boolean }[] = [];

  constructor(text: string, fish: boolean) {
    this.#text = text;
    this.#fish = fish;
  }

  run(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at] as string);
    this.#endCommand(false);
    return this.#commands;
  }

  #step(character: string): void {
    const next = this.#text[this.#at + 1];
    if (character === '\\' && (next === '\n' || next === '\r')) this.#at += 2;
    else if (BLANK.test(character)) this.#at++;
    else if (character === '\n' || character === '\r') this.#endLine();
    else if (character === '#') this.#at = this.#lineEnd(this.#at);
    else if (character === '(') this.#endCommand(true);
    else if (/[;&|)]/.test(character)) this.#endCommand(false);
    else if (character === '<' || character === '>') this.#redirect();
    else this.#readWord();
  }

  #endLine(): void {
    this.#endCommand(false);
    for (const { end, tabs } of this.#hereDocuments.splice(0)) this.#skipHereDocument(end, tabs);
  }

  #endCommand(opensGroup: boolean): void {
    if (this.#words.length > 0) this.#commands.push({ words: this.#words, opensGroup });
    this.#words = [];
    this.#at++;
  }

  #redirect(): void {
    const here = this.#fish
      ? null
      : /^<<(-?)(?!<)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;&|()<>'"]+))/.exec(
          this.#text.slice(this.#at, this.#at + 300),
        );
    if (here === null) {
      this.#at++;
      return;
    }
    this.#hereDocuments.push({ end: here[2] ?? here[3] ?? here[4] ?? '', tabs: here[1] === '-' });
    this.#at += here[0].length;
  }

  #skipHereDocument(end: string, tabs: boolean): void {
    while (this.#at < this.#text.length) {
      const stop = this.#lineEnd(this.#at);
      const line = this.#text.slice(this.#at, stop);
      this.#at = stop + 1;
      if ((tabs ? line.replace(/^\t+/, '') : line).trimEnd() === end) return;
    }
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end === -1 ? this.#text.length : end;
  }

  #readWord(): void {
    const offset = this.#at;
    let text = '';
    let dynamic = false;
    let plain = -1;
    const closePlain = (): void => {
      if (plain === -1) plain = text.length;
    };
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string;
      const next = this.#text[this.#at + 1] ?? '';
      if (character === "'") {
        closePlain();
        text += this.#readSingle();
      } else if (character === '"') {
        closePlain();
        const inner = this.#readDouble();
        text += inner.text;
        dynamic ||= inner.dynamic;
      } else if (character === '\\') {
        closePlain();
        this.#at += 2;
        if (next !== '\n') text += next;
      } else if (character === '$' || character === '`' || (this.#fish && character === '(')) {
        if (character === '$' && next === "'") {
          closePlain();
          this.#at++;
          text += this.#readSingle(true);
          continue;
        }
        closePlain();
        const end = this.#skipExpansion(this.#at);
        text += this.#text.slice(this.#at, end);
        dynamic ||= end > this.#at + 1 || character !== '$';
        this.#at = end;
      } else if (ENDS_WORD.test(character)) break;
      else {
        text += character;
        this.#at++;
      }
    }
    closePlain();
    this.#words.push({ text, offset, dynamic, plain });
  }

  /** `escapes`: `$'…'`, and fish's single quotes know a few as well. */
  #readSingle(escapes = false): string {
    let text = '';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] as string;
      if (character === "'") break;
      const next = this.#text[this.#at + 1] ?? '';
      if (character === '\\' && (escapes || (this.#fish && /['\\]/.test(next)))) {
        text += escapes && next === 'n' ? '\n' : next;
        this.#at++;
      } else text += character;
    }
    this.#at++;
    return text;
  }

  #readDouble(): { text: string; dynamic: boolean } {
    let text = '';
    let dynamic = false;
    this.#at++;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] as string;
      if (character === '"') break;
      const next = this.#text[this.#at + 1] ?? '';
      if (character === '\\' && /[\\"$`\n]/.test(next)) {
        if (next !== '\n') text += next;
        this.#at += 2;
      } else if (character === '$' || (character === '`' && !this.#fish)) {
        const end = this.#skipExpansion(this.#at);
        text += this.#text.slice(this.#at, end);
        dynamic ||= end > this.#at + 1;
        this.#at = end;
      } else {
        text += character;
        this.#at++;
      }
    }
    this.#at++;
    return { text, dynamic };
  }

  /** Index behind `$NAME`, `${…}`, `$(…)`, `` `…` `` or fish's `(…)`. */
  #skipExpansion(from: number): number {
    const text = this.#text;
    if (text[from] === '`') {
      const end = text.indexOf('`', from + 1);
      return end === -1 ? text.length : end + 1;
    }
    const open = text[from] === '(' ? from : from + 1;
    const closer = text[open] === '(' ? ')' : text[open] === '{' ? '}' : null;
    if (closer === null)
      return open + (/^[A-Za-z_]\w*|^[@*#?$!\d-]/.exec(text.slice(open, open + 200))?.[0].length ?? 0);
    let depth = 0;
    for (let at = open; at < text.length; at++) {
      if (text[at] === text[open]) depth++;
      else if (text[at] === closer && --depth === 0) return at + 1;
    }
    return text.length;
  }
}
