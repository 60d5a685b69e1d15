// The command lines that Tollgate puts into Claude Code's settings: its status line and its SessionStart hook. Claude
// Code hands them to a POSIX shell (on Windows to Git's). Both do nothing when Tollgate is gone from the disk, except
// that the hook then says so to somebody whose settings lead nowhere (trap 23). Pure.

/** How Tollgate can be started on this computer. */
export interface TollgateProgram {
  /** Absolute path of the Node that runs Tollgate; null in the packaged app, which brings none that may be used. */
  readonly node: string | null;
  /** Absolute path of bin/tollgate.mjs, or of the app's executable where `node` is null. */
  readonly entry: string;
  /** Folder in which `curl` finds what to ask; absolute. Used where there is no Node. */
  readonly dataDir: string;
}

/** Names of the files that a running gateway writes into its data folder for `curl`. */
export const statusLineCurlFile = 'statusline.curl';

/** Seconds after which Claude Code may end the hook: enough for a gateway to be started by it. */
export const sessionStartTimeoutSeconds = 30;

/** For `statusLine.command` of Claude Code's settings. */
export function statusLineCommand(program: TollgateProgram): string {
  const { node, entry, dataDir } = program;
  if (node === null) {
    // An empty variable leaves its header out; nothing is printed when no gateway runs, since the file is gone then.
    return `curl -qs -H "x-tollgate-columns: $COLUMNS" -H "x-tollgate-plain: $NO_COLOR" -K ${quote(`${dataDir}/${statusLineCurlFile}`)} --data-binary @- 2>/dev/null || true`;
  }
  const run = `${quote(node)} ${quote(entry)} statusline --data-dir ${quote(dataDir)}`;
  return `if [ -f ${quote(entry)} ]; then ${run}; fi`;
}

/** For `command` of a hook under `hooks.SessionStart` of Claude Code's settings. */
export function sessionStartCommand(program: TollgateProgram): string {
  const { node, entry, dataDir } = program;
  const run =
    node === null
      ? unlessAnswers(`${quote(entry)} --session-start --data-dir ${quote(dataDir)}`)
      : `${quote(node)} ${quote(entry)} session-start --data-dir ${quote(dataDir)}`;
  const isThere = [entry, ...(node === null ? [] : [node])]
    .map((path) => `[ -f ${quote(path)} ]`)
    .join(' && ');
  return `if ${isThere}; then ${run}; else ${unlessAnswers(`echo ${quote(goneMessage)}`)}; fi`;
}

/** True for any status line of Tollgate, also of another version or another place. */
export function isStatusLineCommand(command: string): boolean {
  return / statusline --data-dir /.test(command)
    ? command.includes('tollgate')
    : command.includes('x-tollgate-columns') && command.includes(statusLineCurlFile);
}

/** True for any SessionStart hook of Tollgate, also of another version or another place. */
export function isSessionStartCommand(command: string): boolean {
  return / (--)?session-start --data-dir /.test(command) && /tollgate/i.test(command);
}

/**
 * Runs something when nothing answers at the address that Claude Code sets for its hooks as for itself. An address
 * elsewhere is never called.
 */
function unlessAnswers(command: string): string {
  const probe = `curl -qsf -m 2 --noproxy '*' -o /dev/null "$ANTHROPIC_BASE_URL/healthz"`;
  return `case "$ANTHROPIC_BASE_URL" in http://127.0.0.1:*) ${probe} || ${command};; esac`;
}

const goneMessage = JSON.stringify({
  systemMessage:
    'Claude Code is set to go through Tollgate, but Tollgate is not on this computer any more and nothing answers. Install it again, or remove the lines that mention Tollgate or 127.0.0.1 from settings.json in the folder of Claude Code.',
});

/** One word for a POSIX shell. Git's shell on Windows takes forward slashes, and would eat backward ones elsewhere. */
function quote(text: string): string {
  const path = /^[A-Za-z]:\\/.test(text) ? text.replaceAll('\\', '/') : text;
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
