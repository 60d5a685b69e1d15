// Reads variables that shell start-up files set to a plain text. What needs a shell to know (other variables, commands)
// is left out. Pure.

/** Value of each wanted name; the last assignment counts. */
export function readShellAssignments(text: string, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const patterns = assignmentPatterns(names);
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*#/.test(line)) continue;
    for (const match of patterns.flatMap((pattern) => [...line.matchAll(pattern)])) {
      const [, name = '', single, double, bare] = match;
      const value = single ?? double ?? bare ?? '';
      // Outside of single quotes a shell would put something else in the place of these.
      const isPlain = single !== undefined || !/[$`\\]/.test(value);
      if (isPlain && value !== '') found.set(name, value);
    }
  }
  return found;
}

/** `NAME=value` (PowerShell: `$env:NAME = "value"`), and `set -gx NAME value` of fish, `setenv NAME value` of csh. */
function assignmentPatterns(names: readonly string[]): RegExp[] {
  const name = `(${names.join('|')})`;
  const value = `(?:'([^']*)'|"([^"]*)"|([^\\s;'"#&|]+))`;
  return [
    new RegExp(`(?:^|[\\s;&'"])(?:\\$env:)?${name}\\s*=\\s*${value}`, 'g'),
    new RegExp(`(?:^|[\\s;&])(?:set|setenv)\\s+(?:-{1,2}\\w+\\s+)*${name}\\s+${value}`, 'g'),
  ];
}
