// Runs one command of `tollgate` to its end in a process of its own, for what must work while no gateway runs.
import type { StartGatewayChild } from './gateway-child.ts';

/** Lines of standard output. Rejects with the last line of standard error when the command failed. */
export function runCommand(start: StartGatewayChild, args: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    let problem = '';
    start(args, {
      onOutput: (line) => void output.push(line),
      onError: (line) => {
        if (line.trim() !== '') problem = line.trim();
      },
      onExit: (exitCode) => {
        if (exitCode === 0) resolve(output);
        else
          reject(new Error(problem === '' ? `"tollgate ${args[0] ?? ''}" ended without a word.` : problem));
      },
    });
  });
}
