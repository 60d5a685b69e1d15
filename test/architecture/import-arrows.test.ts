// Walks the real import graph, packages included: the gateway process must never reach Electron, the window must never
// reach the gateway, and adding a provider touches one existing file. The lint rules say the same sooner.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { providerTypes } from '../../src/gateway/providers/registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const importPattern =
  /(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|require\(\s*['"]([^'"]+)['"]\s*\)/g;

/** All files and package names reachable from one file; type-only imports vanish at run time and are left out. */
function reachable(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [resolve(root, entry)];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(file, 'utf8')
      .replace(/^\s*import type [^;]+;/gm, '')
      .replace(/^\s*export type \{[^;]+;/gm, '');
    for (const match of text.matchAll(importPattern)) {
      const name = match[1] ?? match[2] ?? match[3] ?? '';
      if (name.startsWith('.')) {
        const target = resolve(dirname(file), name);
        const found = [
          target,
          `${target}.js`,
          `${target}.cjs`,
          `${target}.mjs`,
          `${target}.json`,
          join(target, 'index.js'),
        ].find((path) => existsSync(path) && /\.[cm]?[jt]sx?$/.test(path));
        if (found !== undefined) queue.push(found);
      } else if (!name.startsWith('node:')) {
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
        const resolved = tryResolve(name, file);
        if (resolved !== null) queue.push(resolved);
      }
    }
  }
  return { files, packages };
}

function tryResolve(name: string, from: string): string | null {
  try {
    const path = createRequire(from).resolve(name);
    return path.startsWith('/') || /^[A-Z]:/i.test(path) ? path : null;
  } catch {
    return null;
  }
}

const inProject = (files: Set<string>): string[] =>
  [...files].map((file) => relative(root, file)).filter((file) => !file.includes('node_modules'));

describe('the import arrows', () => {
  it('never lead from the gateway process to Electron, not even through a package', () => {
    const { files, packages } = reachable('src/headless/main.ts');
    expect(inProject(files).length).toBeGreaterThan(40);
    expect([...packages].filter((name) => /^electron/.test(name))).toEqual([]);
    expect(inProject(files).filter((file) => /^src\/(desktop|preload)/.test(file))).toEqual([]);
  });

  it('lead into the gateway through its one door', () => {
    const outside = globSync('src/{headless,desktop,preload}/**/*.ts', { cwd: root });
    for (const file of outside) {
      const text = readFileSync(join(root, file), 'utf8');
      const inner = [...text.matchAll(/from '([^']*gateway\/[^']*)'/g)].map((match) => match[1]);
      expect([file, inner.filter((name) => name !== '../gateway/index.ts')]).toEqual([file, []]);
    }
  });

  it('keep the pure stages free of I/O', () => {
    const pure = globSync('src/gateway/{dialects,policy,router}/**/*.ts', { cwd: root });
    expect(pure.length).toBeGreaterThan(5);
    for (const file of pure) {
      const text = readFileSync(join(root, file), 'utf8');
      expect([file, /from 'node:|Date\.now|Math\.random|performance\.now|process\./.test(text)]).toEqual([
        file,
        false,
      ]);
    }
  });

  it('never lead from the window to anything but the contract', () => {
    for (const file of globSync('renderer/**/*.{ts,tsx}', { cwd: root })) {
      const text = readFileSync(join(root, file), 'utf8');
      const reached = [...text.matchAll(/from '((?:\.\.\/)+src\/[^']+)'/g)].map((match) => match[1] ?? '');
      const foreign = reached.filter((name) => !/\/src\/(contract\/|preload\/desktop-api)/.test(name));
      expect([file, foreign]).toEqual([file, []]);
    }
  });

  it('name a provider type outside of its folder in the registry only', () => {
    const files = globSync('src/gateway/**/*.ts', { cwd: root });
    const naming = (type: string): string[] =>
      files.filter(
        (file) =>
          (!file.startsWith(join('src/gateway/providers', type)) &&
            readFileSync(join(root, file), 'utf8').includes(`providers/${type}/`)) ||
          (!file.startsWith(join('src/gateway/providers', type)) &&
            readFileSync(join(root, file), 'utf8').includes(`'./${type}/descriptor.ts'`)),
      );
    for (const type of providerTypes)
      expect([type, naming(type)]).toEqual([type, [join('src/gateway/providers/registry.ts')]]);
  });

  it('keep every source file opening with what it is for', () => {
    for (const file of globSync('{src,renderer}/**/*.{ts,tsx}', { cwd: root })) {
      expect([file, /^(\/\/|\/\*)/.test(readFileSync(join(root, file), 'utf8'))]).toEqual([file, true]);
    }
  });
});
