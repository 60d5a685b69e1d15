// Claude's names as Google Cloud spells them, and where its regions are. Pure.
import { readClaudeName } from '../claude-elsewhere/claude-models.ts';

/** `claude-opus-4-5-20251101` → `claude-opus-4-5@20251101`; a name that has its version stays as it is. */
export function vertexName(name: string): string {
  if (name.includes('@')) return name;
  const claude = readClaudeName(name);
  if (claude === null) return name;
  return claude.date === null ? claude.base : `${claude.base}@${claude.date}`;
}

/** The address of a location: one for all, one for a part of the world, or a region's own. */
export function vertexAddress(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}
