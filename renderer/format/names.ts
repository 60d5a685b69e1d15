// Short names for long things: the folder of a project, the family and version of a model, the letter of a provider.

/** Last segment of a project folder (`/home/me/acme` → `acme`, also with backslashes); a plain name stays itself. */
export function projectName(project: string): string {
  const segments = project.split(/[/\\]/).filter((segment) => segment !== '');
  return segments.at(-1) ?? project;
}

/** `claude-opus-4-5-20251101` → `opus-4.5`; a name that is not Claude's stays as it is. */
export function shortModelName(model: string): string {
  const claude = /claude-(?<rest>.+)$/.exec(model)?.groups?.['rest'];
  if (claude === undefined) return model;
  return claude
    .replace(/[-@]\d{8}(?=$|[-[:])/, '')
    .replace(/-v\d+(:\d+)?$/, '')
    .replace(/-latest$/, '')
    .replace(/-(\d+)-(\d{1,2})(?=$|\[|-)/, '-$1.$2');
}

/** The same as a title for prose: `claude-opus-5-5` → `Opus 5.5`; a name that is not Claude's stays as it is. */
export function modelTitle(model: string): string {
  const short = shortModelName(model);
  if (short === model) return model;
  return (short.charAt(0).toUpperCase() + short.slice(1)).replaceAll('-', ' ');
}

/** One capital letter or digit that stands for a provider. */
export function monogram(label: string): string {
  return (/[\p{L}\p{N}]/u.exec(label)?.[0] ?? '?').toUpperCase();
}
