#!/usr/bin/env node
// Entry of the `tollgate` command: checks that this Node is new enough, then runs the command line — from the
// build where it is up to date, else from the sources. What Claude Code itself runs comes first and loads next to nothing.
const isHelp = process.argv.includes('--help') || process.argv.includes('-h');
if (process.argv[2] === 'statusline' && !isHelp) {
  const { runStatusLine } = await import('./statusline.mjs');
  await runStatusLine(process.argv.slice(3));
}
if (process.argv[2] === 'session-start' && !isHelp) {
  const { runSessionStart } = await import('./session-start.mjs');
  await runSessionStart(process.argv.slice(3));
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 9)) {
  process.stderr.write(
    `tollgate: this is Node ${process.versions.node}; Tollgate needs Node 24.9 or newer. In a checkout use "npm run -s tollgate --", which brings its own.\n`,
  );
  process.exit(2);
}

// Request bodies are large and short-lived. With Node's defaults their memory triggers a full collection every few
// dozen requests, which doubles the CPU of each; with room to begin with, the young generation clears them away.
const heapFlags = ['--initial-old-space-size=96', '--max-semi-space-size=8'];
const isServing = process.argv[2] === 'serve';
if (isServing && process.execve && !process.execArgv.includes(heapFlags[0])) {
  // Same process, same number: signals and supervisors notice nothing. Windows has no such call and does without.
  try {
    process.execve(
      process.execPath,
      [process.execPath, ...heapFlags, ...process.execArgv, ...process.argv.slice(1)],
      process.env,
    );
  } catch {
    // Not available on this system: it runs all the same, with more work for the collector.
  }
}

const { chooseProgram } = await import('./choose-program.mjs');
await import(chooseProgram(new URL('../', import.meta.url)));
