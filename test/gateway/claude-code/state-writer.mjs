// A process that counts in a state file the way Claude Code writes it: lock folder, read, change, temporary file, rename.
// Ends with 1 when it ever reads a part. Arguments: path, name of the count, rounds.
import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const [path, name, rounds] = process.argv.slice(2);
const lock = `${path}.lock`;

for (let round = 1; round <= Number(rounds); round++) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      await pause(2);
    }
  }
  const state = JSON.parse(readFileSync(path, 'utf8'));
  if (state.filler.length !== 20_000 || state.oauthAccount === undefined) process.exit(1);
  state[name] = (state[name] ?? 0) + 1;
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(state, null, 2));
  renameSync(`${path}.${process.pid}`, path);
  rmdirSync(lock);
  await pause(1);
}
