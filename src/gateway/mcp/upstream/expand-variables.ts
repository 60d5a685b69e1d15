// `${NAME}` and `${NAME:-default}` in the settings of an MCP server, as Claude Code and others write them. Pure.

/** Thrown when a variable is not set and has no default. */
export class MissingVariable extends Error {
  override readonly name = 'MissingVariable';
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Throws MissingVariable. An empty variable counts as set, except where a default stands (as in a shell). */
export function expandVariables(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(REFERENCE, (_whole, name: string, fallback: string | undefined) => {
    const value = env[name];
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined)
      throw new MissingVariable(`the environment variable ${name} is not set where Tollgate runs`);
    return value;
  });
}
