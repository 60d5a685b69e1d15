// `npm start`: builds, then opens the tray app where Electron's binary and a display are, else runs the gateway in
// this terminal and says where its window is. Arguments are those of `tollgate serve` (`npm start -- --port 0`).
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const serveArguments = process.argv.slice(2);
const say = (line) => process.stderr.write(`${line}\n`);

/** Runs the build and keeps its output back unless it fails. */
function build() {
  say('Building Tollgate (some seconds)');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'build.mjs'), '--quiet'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/** Path of Electron's binary, null when it was not downloaded. The package itself is not loaded: it would download. */
function findElectron() {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Opens an address in the user's browser; a system without one is no failure, the address was printed. */
function openInBrowser(address) {
  const [command, ...args] = {
    darwin: ['open', address],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', address],
  }[process.platform] ?? ['xdg-open', address];
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.on('error', () => {});
  opener.unref();
}

/**
 * npm runs us through a shell, and a signal to npm ends that shell without reaching us. Its end shows in our parent
 * being another process all of a sudden.
 */
function whenNpmIsGone(callback) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}

/**
 * Hands our signals on to a child and resolves with the exit code to end with. Ctrl-C is the exception: a terminal
 * sends it to the child as well, and a second one would end it without finishing its answers.
 */
function follow(child) {
  let asked = false;
  const end = (signal) => {
    asked = true;
    child.kill(signal);
  };
  process.on('SIGINT', () => (process.stdin.isTTY ? (asked = true) : end('SIGINT')));
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGHUP', () => end('SIGTERM'));
  whenNpmIsGone(() => end('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(error.message);
      resolve({ code: 2, asked });
    });
    child.on('close', (code, signal) => resolve({ code: code ?? 128 + constants.signals[signal], asked }));
  });
}

function startDesktop(electron) {
  return follow(spawn(electron, [root, ...serveArguments], { stdio: 'inherit' }));
}

function startGateway() {
  const program = join(root, 'out', 'headless', 'main.js');
  const child = spawn(process.execPath, [program, 'serve', ...serveArguments], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const window = readWindowAddress(line);
    if (window === null) return;
    say(`Open the window: ${window}`);
    if (hasDisplay() && process.stderr.isTTY) openInBrowser(window);
  });
  return follow(child);
}

/** The window's address when the line is the ready line. */
function readWindowAddress(line) {
  try {
    const event = JSON.parse(line);
    return event.event === 'ready' ? event.ui : null;
  } catch {
    return null;
  }
}

if (!(await build())) process.exit(2);
const electron = hasDisplay() ? findElectron() : null;
if (electron !== null) {
  const startedAt = Date.now();
  const { code, asked } = await startDesktop(electron);
  // Some systems refuse Electron's sandbox in a checkout. A failure right at the start is no reason to go without.
  if (code === 0 || asked || Date.now() - startedAt > 10_000) process.exit(code);
  say('The tray app could not start; running the gateway in this terminal instead.');
}
const { code } = await startGateway();
process.exit(code);
