// A process that connects or disconnects on the real disk and kills itself without warning at a given step of the writer.
// Arguments: folder, `connect` or `disconnect`, step. Prints how many steps it took when it gets through.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../../../src/gateway/claude-code/file-port.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';
import { connectClaude, disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import { KEY_ONE, PROGRAM, URL_ONE } from './memory-home.ts';

const [root = '', direction = '', stepText = ''] = process.argv.slice(2);
let count = 0;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Dies right before the step; in the middle of it where it writes content. */
function mortal<Name extends keyof FilePort>(name: Name): FilePort[Name] {
  const real = diskFiles[name] as (...args: unknown[]) => Promise<unknown>;
  return (async (...args: unknown[]) => {
    if (++count === Number(stepText)) {
      const [path, bytes] = args;
      if (name === 'createFile')
        writeSync(openSync(path as string, 'wx', 0o600), (bytes as Buffer).subarray(0, 7));
      die();
    }
    return real(...args);
  }) as FilePort[Name];
}

const files: FilePort = {
  ...diskFiles,
  makeFolder: mortal('makeFolder'),
  makeOneFolder: mortal('makeOneFolder'),
  setMode: mortal('setMode'),
  createFile: mortal('createFile'),
  rename: mortal('rename'),
  link: mortal('link'),
  replaceIfSame: mortal('replaceIfSame'),
  removeIfSame: mortal('removeIfSame'),
  remove: mortal('remove'),
  removeEmptyFolder: mortal('removeEmptyFolder'),
  syncFolder: mortal('syncFolder'),
};

const shared = {
  settingsPath: join(root, '.claude', 'settings.json'),
  dataDir: join(root, 'data'),
  dryRun: false,
  now: Date.now,
  files,
  companions: {
    editors: [join(root, 'Code', 'User', 'settings.json')],
    mcp: { statePath: join(root, '.claude.json'), run: null },
  },
};
if (direction === 'connect') {
  const wishes = { vscode: true, statusLine: true };
  await connectClaude({ ...shared, url: URL_ONE, key: KEY_ONE, program: PROGRAM, environment: {}, wishes });
} else await disconnectClaude(shared);
process.stdout.write(String(count));
