// A glob with one special sign, for model names and ids.

/** `*` stands for any run of characters; everything else for itself, in any case. Linear, so no pattern can hang it. */
export function globMatches(glob: string, text: string): boolean {
  const parts = glob.toLowerCase().split('*');
  const subject = text.toLowerCase();
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return subject === first;
  if (!subject.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return subject.length - last.length >= at && subject.endsWith(last);
}
