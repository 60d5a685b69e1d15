#!/usr/bin/env node
// Entry of the `tollgate` command: checks that this Node is new enough, then runs the command line — from the
// sources in a checkout, from the build in a package.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 9)) {
  process.stderr.write(
    `tollgate: this is Node ${process.versions.node}; Tollgate needs Node 24.9 or newer. In a checkout use "npm run -s tollgate --", which brings its own.\n`,
  );
  process.exit(2);
}
const source = new URL('../src/headless/main.ts', import.meta.url);
const built = new URL('../out/headless/main.js', import.meta.url);
await import(existsSync(source) ? source.href : built.href);
