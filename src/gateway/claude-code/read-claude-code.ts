// Says who routes Claude Code: its user settings, and what goes over them. Only reads, and answers whatever it finds.
import { dirname } from 'node:path';
import type { ClaudeCodeView } from '../../contract/rows.ts';
import { BASE_URL, pointsAtTollgate } from './env-keys.ts';
import { diskFiles } from './file-port.ts';
import { readRouting } from './inspect/inspect-claude.ts';
import type { Machine } from './inspect/machine.ts';
import { viewRoute } from './inspect/route-view.ts';
import { isLoopbackAddress, isSameAddress } from './loopback-address.ts';
import { maskWithin } from './mask-secrets.ts';
import { readSettingsFile } from './settings-file.ts';
import { decodeSettings, envText, parseSettings } from './settings-text.ts';
import type { SettingsDocument } from './settings-text.ts';

const DIRECT = 'Claude Code talks to Anthropic directly.';

export interface ReadClaudeCodeOptions {
  readonly settingsPath: string;
  /** Addresses at which this gateway answers; none when it does not run. */
  readonly ourUrls: readonly string[];
  /** The computer, to see what goes over the user's settings; without it only those are read. */
  readonly machine?: Machine;
}

/** Never throws: a file that cannot be read or understood is an answer, too. */
export async function readClaudeCode({
  settingsPath,
  ourUrls,
  machine,
}: ReadClaudeCodeOptions): Promise<ClaudeCodeView> {
  try {
    if (machine !== undefined) return await readWithDetours(machine, settingsPath, ourUrls);
    const { bytes } = await readSettingsFile(diskFiles, settingsPath);
    const decoded = bytes === null ? null : decodeSettings(bytes);
    const document = decoded?.ok === false ? decoded : parseSettings(decoded?.text ?? null);
    if (document.ok) return { settingsPath, ...describeRoute(document, ourUrls) };
    const { place, problem } = document;
    const note = `Claude Code ignores its settings file: line ${place.line}, column ${place.column}: ${problem}.`;
    return { settingsPath, routedBy: 'unreadable', baseUrl: null, note };
  } catch (error) {
    return {
      settingsPath,
      routedBy: 'unreadable',
      baseUrl: null,
      note: error instanceof Error ? error.message : String(error),
    };
  }
}

async function readWithDetours(
  machine: Machine,
  settingsPath: string,
  ourUrls: readonly string[],
): Promise<ClaudeCodeView> {
  const routing = await readRouting({
    machine,
    claudeFolder: dirname(settingsPath),
    ourUrls,
    environmentName: 'the environment of this process',
  });
  return viewRoute(settingsPath, routing, ourUrls);
}

function describeRoute(
  document: SettingsDocument,
  ourUrls: readonly string[],
): Omit<ClaudeCodeView, 'settingsPath'> {
  const address = envText(document, BASE_URL) ?? '';
  // An empty value cancels one from the shell, so it counts as none.
  if (address === '') return { routedBy: 'direct', baseUrl: null, note: DIRECT };
  const baseUrl = maskWithin(address);
  if (ourUrls.some((url) => isSameAddress(url, address))) {
    return {
      routedBy: 'tollgate',
      baseUrl,
      note: 'All Claude Code sessions on this computer go through Tollgate.',
    };
  }
  if (isSameAddress(address, 'https://api.anthropic.com'))
    return { routedBy: 'direct', baseUrl, note: DIRECT };
  if (pointsAtTollgate(document)) {
    return {
      routedBy: 'other',
      baseUrl,
      note: `Claude Code is set to a Tollgate at ${baseUrl}, which is not the one running here.`,
    };
  }
  const note = isLoopbackAddress(address)
    ? `Another program routes Claude Code to ${baseUrl}.`
    : `Claude Code's settings route it to ${baseUrl}.`;
  return { routedBy: 'other', baseUrl, note };
}
