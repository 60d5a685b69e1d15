// Reads the Windows registry through `reg query`: the user's and the machine's environment, and the policy of Claude Code.
import type { FoundSource } from './found-source.ts';
import type { Machine } from './machine.ts';
import { pathsOf, variableOf } from './machine.ts';
import { watchedName } from './route-names.ts';

const QUERY_MS = 5_000;

const environments = [
  ['windows-user', 'HKCU\\Environment'],
  ['windows-machine', 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'],
] as const;

/** Values of one key: name → text. Empty when there is no such key, or no such program. */
export async function readRegistryKey(machine: Machine, key: string): Promise<ReadonlyMap<string, string>> {
  // By its full path, so that no program of that name in another folder is started in its place.
  const root = variableOf(machine, 'SystemRoot') ?? 'C:\\Windows';
  const program = pathsOf(machine).join(root, 'System32', 'reg.exe');
  const answer = await machine.run(program, ['query', key], QUERY_MS);
  return answer.code === 0 ? parseRegistryAnswer(answer.stdout.toString('utf8')) : new Map();
}

/** `    NAME    REG_SZ    value` per value; a value with line breaks goes on until the next such line. */
export function parseRegistryAnswer(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let name: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const match = /^ {4}(.+?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line);
    if (match !== null) {
      name = match[1] ?? '';
      values.set(name, match[3] ?? '');
    } else if (name !== null && !/^HKEY_/.test(line)) {
      values.set(name, `${values.get(name) ?? ''}\n${line}`);
    }
  }
  return new Map([...values].map(([key, value]) => [key, value.trimEnd()]));
}

export async function readWindowsEnvironment(machine: Machine): Promise<FoundSource[]> {
  if (machine.platform !== 'win32') return [];
  const found = await Promise.all(
    environments.map(async ([kind, key]) => {
      const values = await readRegistryKey(machine, key);
      return [...values].flatMap(([written, value]): FoundSource[] => {
        const name = watchedName(written, true);
        if (name === null) return [];
        const dynamic = /%\w+%/.test(value);
        return [
          {
            kind,
            name,
            value: dynamic ? null : value,
            path: `${key}\\${written}`,
            line: null,
            column: null,
            project: null,
            only: null,
          },
        ];
      });
    }),
  );
  return found.flat();
}
