// Which watched variables a PowerShell profile sets: `$env:NAME = …`, `Set-Item Env:NAME …`, and the calls of .NET that
// do the same. Comments are passed over. Pure.
import { watchedName } from './route-names.ts';
import type { ShellAssignment } from './shell-assignments.ts';

const VALUE = String.raw`(?<value>'(?:[^']|'')*'|"(?:[^"\x60]|\x60.|"")*"|[^\s;#)]+)?`;
const patterns = [
  String.raw`\$(?:env:(?<name>\w+)|\{env:(?<braced>\w+)\})[ \t]*=[ \t]*${VALUE}`,
  String.raw`\[(?:System\.)?Environment\]::SetEnvironmentVariable\([ \t]*['"](?<name>\w+)['"][ \t]*,[ \t]*${VALUE}`,
  String.raw`\b(?:Set-Item|si|New-Item|ni|Set-Content|sc)[ \t]+(?:-(?:Literal)?Path[ \t]+)?['"]?env:\\?(?<name>\w+)['"]?[ \t]+(?:-Value[ \t]+)?${VALUE}`,
  String.raw`\b(?<gone>Remove-Item|ri|rm|del|Clear-Item)[ \t]+(?:-(?:Literal)?Path[ \t]+)?['"]?env:\\?(?<name>\w+)['"]?`,
];

export function findPowerShellAssignments(text: string): ShellAssignment[] {
  const code = blankComments(text);
  const found = patterns.flatMap((pattern) => [...code.matchAll(new RegExp(pattern, 'gi'))]);
  return found
    .sort((left, right) => left.index - right.index)
    .flatMap((match) => {
      const groups = match.groups ?? {};
      const name = watchedName(groups['name'] ?? groups['braced'] ?? '', true);
      if (name === null) return [];
      const value = groups['gone'] === undefined ? readValue(groups['value'] ?? '') : '';
      return [{ name, value, offset: match.index, inCommand: false }];
    });
}

function readValue(written: string): string | null {
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  if (written.startsWith('"')) {
    const inner = written.slice(1, -1);
    return /(?<!`)\$/.test(inner) ? null : inner.replace(/`(.)/g, '$1').replaceAll('""', '"');
  }
  if (written === '' || /^\$null$/i.test(written)) return '';
  return /^\d+$/.test(written) ? written : null;
}

/** The same text with comments turned into blanks, so that places stay what they are. */
function blankComments(text: string): string {
  return text.replace(/<#[\s\S]*?(?:#>|$)|'(?:[^']|'')*'|"(?:[^"`]|`[\s\S]|"")*"|#[^\n]*/g, (part) =>
    part.startsWith('<#') || part.startsWith('#') ? part.replace(/[^\n]/g, ' ') : part,
  );
}
