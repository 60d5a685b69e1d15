// Gets the real Claude Code client: its native binary package, installed by npm without scripts into a cache folder outside the
// repository. No registry, no client: the tests that need it are then skipped with the reason given here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest version the product was measured with, and the one that npm installs under Node 20. */
export const clientVersions = ['2.1.330', '2.1.197'] as const;

/** `path` of the executable, or `reason` why there is none. */
export type InstalledClient =
  { version: string; path: string; reason: null } | { version: string; path: null; reason: string };

async function platformName(): Promise<string | null> {
  const name = `${process.platform}-${process.arch}`;
  const known = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
  if (!known.includes(name)) return null;
  if (process.platform !== 'linux') return name;
  const libraries = await readdir('/lib').catch(() => []);
  return libraries.some((file) => file.startsWith('ld-musl-')) ? `${name}-musl` : name;
}

/** Cache folder: `$TOLLGATE_CLIENT_CACHE`, else one under the system's folder for temporary files. */
function cacheFolder(): string {
  return process.env['TOLLGATE_CLIENT_CACHE'] ?? join(tmpdir(), 'tollgate-client-cache');
}

function runNpm(folder: string, packageSpec: string): Promise<{ code: number | null; output: string }> {
  const script = process.env['npm_execpath'];
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // One quick retry: a machine without a registry shall not wait minutes to hear that its tests are skipped.
  const briefly = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000'];
  const args = ['install', ...quietly, ...briefly, packageSpec];
  const child =
    script === undefined
      ? spawn('npm', args, { cwd: folder, shell: process.platform === 'win32' })
      : spawn(process.execPath, [script, ...args], { cwd: folder });
  let output = '';
  const collect = (text: string): void => void (output += text);
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Installs the version unless it is in the cache already. */
export async function installClient(version: string): Promise<InstalledClient> {
  const platform = await platformName();
  if (platform === null) {
    return { version, path: null, reason: `there is no client for ${process.platform}-${process.arch}` };
  }
  const folder = join(cacheFolder(), version);
  const name = `@anthropic-ai/claude-code-${platform}`;
  const path = join(folder, 'node_modules', name, process.platform === 'win32' ? 'claude.exe' : 'claude');
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    const { code, output } = await runNpm(folder, `${name}@${version}`);
    if (code !== 0 || !existsSync(path)) {
      const why = output.trim().split('\n').slice(0, 1).join('') || `npm ended with code ${code}`;
      return { version, path: null, reason: `npm could not install ${name}@${version}: ${why}` };
    }
    await chmod(path, 0o755);
  }
  return { version, path, reason: null };
}
