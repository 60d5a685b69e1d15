// Which form of the program runs: the build in a package, and in a checkout as long as it is newer than every source,
// since it starts faster and needs 30 MB less; else the sources.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** URL of the module to import. `root` is the URL of the checkout or package, with a slash at its end. */
export function chooseProgram(root) {
  const source = new URL('src/headless/main.ts', root);
  const built = new URL('out/headless/main.js', root);
  if (!existsSync(source)) return built.href;
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isFresh = builtAt > 0 && !hasNewer(fileURLToPath(new URL('src', root)), builtAt);
  return isFresh ? built.href : source.href;
}

/** Folders count too: a file taken out of one changes nothing else. */
function hasNewer(folder, builtAt) {
  if (statSync(folder).mtimeMs > builtAt) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? hasNewer(path, builtAt) : statSync(path).mtimeMs > builtAt;
  });
}
