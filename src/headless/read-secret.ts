// Reads a secret that the user types or pipes in: never from an argument, which other programs of the machine can read.
import type { ReadStream } from 'node:tty';
import { CommandFailure } from './command-failure.ts';

const LONGEST = 64 * 1024;

/** From a pipe: all of it. At a terminal: one line, which is not shown. Throws CommandFailure when cancelled or too long. */
export function readSecret(prompt: string): Promise<string> {
  return process.stdin.isTTY ? readHiddenLine(process.stdin, prompt) : readPiped();
}

async function readPiped(): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST) throw new CommandFailure('that is too long to be a secret.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readHiddenLine(terminal: ReadStream, prompt: string): Promise<string> {
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void): void => {
      terminal.off('data', take).setRawMode(false).pause();
      process.stderr.write('\n');
      settle();
    };
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') {
          finish(() => resolve(typed));
          return;
        }
        // Ctrl+C, Ctrl+D
        if (character === '\u0003' || character === '\u0004') {
          finish(() => reject(new CommandFailure('cancelled; nothing was stored.', 1)));
          return;
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
        if (typed.length > LONGEST) {
          finish(() => reject(new CommandFailure('that is too long to be a secret.')));
          return;
        }
      }
    };
    terminal.setRawMode(true).setEncoding('utf8').on('data', take).resume();
  });
}
