// `tollgate session-start`, run by Claude Code when a session begins: sees whether the address in Claude Code's settings
// answers. When it does, or is not Tollgate's affair, this ends at once and in silence; only when it does not, the rest
// of Tollgate is loaded to look closer. Plain JavaScript and few modules, since every session waits for it.
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findDataDir } from './data-dir.mjs';

/** Milliseconds a gateway gets to say that it is well; one that is slower is looked at again, with patience. */
const ANSWER_MS = 1000;
const LONGEST_ANSWER = 8 * 1024;

/** For the words after `session-start`. Ends the process, always well: a hook must never stop a session. */
export async function runSessionStart(words) {
  try {
    const dataDir = await findDataDir(words, process.env);
    const settingsPath = join(findClaudeFolder(words), 'settings.json');
    const address = readAddress(settingsPath);
    const port =
      address === null ? null : /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)\/?$/.exec(address)?.[1];
    if (port !== undefined && port !== null && !(await isWell(readLock(dataDir), Number(port)))) {
      const { healSession } = await import(healer());
      await healSession({ dataDir, settingsPath, address });
    }
  } catch {
    // Whatever it was, Claude Code says more about it than a hook could.
  }
  process.exit(0);
}

function healer() {
  const source = new URL('../src/headless/heal-session.ts', import.meta.url);
  return existsSync(source) ? source.href : new URL('../out/headless/heal-session.js', import.meta.url).href;
}

function findClaudeFolder(words) {
  const place = words.indexOf('--claude-dir');
  const named = place === -1 ? process.env.CLAUDE_CONFIG_DIR : words[place + 1];
  return named !== undefined && named.trim() !== '' ? named.normalize('NFC') : join(homedir(), '.claude');
}

function readAddress(settingsPath) {
  const text = readFileSync(settingsPath, 'utf8').replace(/^\ufeff/, '');
  const address = JSON.parse(text).env?.ANTHROPIC_BASE_URL;
  return typeof address === 'string' ? address : null;
}

function readLock(dataDir) {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8'));
  } catch {
    return null;
  }
}

/** True when the gateway of the data folder answers at this port: it proves that it knows its own control key. */
function isWell(lock, port) {
  if (lock?.url !== `http://127.0.0.1:${port}`) return false;
  const nonce = randomBytes(24).toString('base64url');
  const proof = createHmac('sha256', lock.controlKey).update(`healthz:${nonce}`).digest('hex');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = () => {
      socket.destroy();
      resolve(text.startsWith('HTTP/1.1 200 ') && text.includes(`"${proof}"`));
    };
    setTimeout(finish, ANSWER_MS);
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
      if (text.length > LONGEST_ANSWER) finish();
    });
    socket.once('end', finish).once('error', finish);
    socket.write(
      `GET /healthz?nonce=${nonce} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    );
  });
}
