// Values that Tollgate shares with the user: lines of custom headers, and lists of hosts that no proxy serves. Ours are
// added behind the user's and taken out again, whatever the user did to the rest. Pure.

export const KEY_HEADER = 'x-tollgate-key';
export const DIRECT_HOSTS = ['localhost', '127.0.0.1', '::1'] as const;

export interface MergeRule {
  /** The user's value with our part behind it; null stands for no value. */
  compose(theirs: string | null): string;
  /** What is left without our part; null when nothing is. `before`: the value before us. */
  strip(value: string, before: string | null): string | null;
}

/** Lines of `Name: value`, as in ANTHROPIC_CUSTOM_HEADERS. */
export function headerRule(key: string): MergeRule {
  return {
    compose(theirs) {
      const rest = theirs === null ? null : withoutKeyLine(theirs);
      const line = `${KEY_HEADER}: ${key}`;
      return rest === null || rest === '' ? line : `${rest}${rest.endsWith('\n') ? '' : '\n'}${line}`;
    },
    strip: (value) => withoutKeyLine(value),
  };
}

/** The local key in a text of header lines, or null. */
export function keyInHeaders(value: string | null): string | null {
  return /^[ \t]*x-tollgate-key[ \t]*:[ \t]*(\S+)[ \t]*\r?$/im.exec(value ?? '')?.[1] ?? null;
}

function withoutKeyLine(value: string): string | null {
  if (keyInHeaders(value) === null) return value;
  const rest = value
    .split('\n')
    .filter((line) => !/^[ \t]*x-tollgate-key[ \t]*:/i.test(line))
    .join('\n');
  return rest === '' ? null : rest;
}

/** A list of hosts, separated by commas or spaces. */
export const hostRule: MergeRule = {
  compose(theirs) {
    const known = hostsIn(theirs);
    if (known.includes('*')) return theirs ?? '';
    const missing = DIRECT_HOSTS.filter((host) => !known.includes(host));
    if (theirs === null || known.length === 0) return missing.join(',');
    return missing.length === 0 ? theirs : [theirs.replace(/[\s,]+$/, ''), ...missing].join(',');
  },
  strip(value, before) {
    const theirs = hostsIn(before);
    const ours = DIRECT_HOSTS.filter((host) => !theirs.includes(host))
      .join('|')
      .replaceAll('.', '\\.');
    if (ours === '') return value;
    // Each of our hosts goes with the separator before it; the first of a list with the one behind it.
    const rest = value
      .replace(new RegExp(`[\\s,]+(?:${ours})(?=[\\s,]|$)`, 'gi'), '')
      .replace(new RegExp(`^(?:${ours})(?:[\\s,]+|$)`, 'i'), '');
    return rest === '' && value !== '' ? null : rest;
  },
};

function hostsIn(list: string | null): string[] {
  return (list ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((host) => host !== '');
}
