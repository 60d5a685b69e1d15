// Instructions for `curl` on how to ask a running gateway for the status line: address, key and a short patience. The
// packaged app brings no Node that Claude Code could run, and curl is on every system.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { statusLineCurlFile } from '../claude-code/tollgate-command.ts';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';

/** Text of the file. `key` opens the status line and nothing else. */
export function curlFileText(url: string, key: string): string {
  return [
    `url = "${url}/statusline"`,
    `header = "x-tollgate-key: ${key}"`,
    'header = "content-type: application/json"',
    'noproxy = "*"',
    'max-time = 0.3',
    'fail',
    '',
  ].join('\n');
}

export function writeCurlFile(dataDir: string, url: string, key: string, suffix: string): void {
  writeFileAtomic(join(dataDir, statusLineCurlFile), curlFileText(url, key), 0o600, suffix);
}

export function removeCurlFile(dataDir: string): void {
  rmSync(join(dataDir, statusLineCurlFile), { force: true });
}
