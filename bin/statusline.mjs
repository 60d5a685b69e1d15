// `tollgate statusline`, run by Claude Code after each message: hands the session's id to the running gateway and prints
// the line it answers with. Plain JavaScript and as few modules as can be, since its whole life should be under 60 ms.
// Whatever goes wrong, it prints nothing and ends well: a status line must never be an error message.
import { readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { findDataDir } from './data-dir.mjs';

/** Milliseconds the gateway gets; it needs five, but on a computer that compiles a blank line would come and go. */
const ANSWER_MS = 120;
/** Milliseconds Claude Code gets to say what session this is. */
const INPUT_MS = 250;
const LONGEST_INPUT = 1024 * 1024;
const LONGEST_ANSWER = 8 * 1024;
const colour = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** Prints the status line for the words after `statusline`. Ends the process. */
export async function runStatusLine(words) {
  try {
    const lock = readLock(await findDataDir(words, process.env));
    // The connection is made while Claude Code's words are still coming.
    const line = lock === null ? '' : await ask(lock, readInput());
    if (line !== '') writeSync(1, line);
  } catch {
    // Silent: see above.
  }
  process.exit(0);
}

/** Address and key of the running gateway, or null. */
function readLock(dataDir) {
  const lock = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8'));
  // This key opens the status line and nothing else, so it does no harm in a stranger's hands.
  const port = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(lock.url)?.[1];
  if (port === undefined || !/^[\w-]+$/.test(lock.statusLineKey)) return null;
  process.kill(lock.pid, 0);
  return { port: Number(port), key: lock.statusLineKey };
}

/** What Claude Code wrote; empty when that is not a pipe, or too much, or too late. */
function readInput() {
  if (process.stdin.isTTY === true) return Promise.resolve('');
  return new Promise((resolve) => {
    const parts = [];
    let length = 0;
    const finish = () => {
      clearTimeout(timer);
      resolve(length > LONGEST_INPUT ? '' : Buffer.concat(parts).toString('utf8'));
    };
    const timer = setTimeout(finish, INPUT_MS);
    const take = (part) => {
      length += part.length;
      if (length > LONGEST_INPUT) finish();
      else parts.push(part);
    };
    process.stdin.on('data', take).once('end', finish).once('error', finish);
  });
}

function sessionIn(input) {
  try {
    const id = JSON.parse(input).session_id;
    return typeof id === 'string' && /^[\w-]{1,128}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}

function ask(lock, input) {
  return new Promise((resolve) => {
    const socket = connect(lock.port, '127.0.0.1');
    let text = '';
    const finish = (line) => {
      socket.destroy();
      resolve(line);
    };
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
      if (text.length > LONGEST_ANSWER) finish('');
    });
    socket.once('end', () => finish(lineIn(text)));
    socket.once('error', () => finish(''));
    void input.then((words) => {
      // On a busy computer this process itself may have been held up: what has arrived by then is still taken.
      setTimeout(() => setImmediate(() => finish('')), ANSWER_MS);
      socket.write(requestFor(lock, JSON.stringify({ session_id: sessionIn(words) })));
    });
  });
}

function requestFor(lock, body) {
  const { COLUMNS, NO_COLOR } = process.env;
  return [
    'POST /statusline HTTP/1.1',
    `Host: 127.0.0.1:${lock.port}`,
    'Connection: close',
    `x-tollgate-key: ${lock.key}`,
    ...(/^\d{1,5}$/.test(COLUMNS ?? '') ? [`x-tollgate-columns: ${COLUMNS}`] : []),
    ...((NO_COLOR ?? '') === '' ? [] : ['x-tollgate-plain: 1']),
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** The body's first line when it is a status line: text and colours, and nothing else that a terminal would obey. */
function lineIn(answer) {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const [line = ''] = body.split('\n', 1);
  const text = line.replace(colour, '');
  const isSound = head.startsWith('HTTP/1.1 200 ') && text !== '' && !/\p{Cc}/u.test(text);
  return isSound ? `${line}\n` : '';
}
