// Gathers what a diagnosis needs: Claude Code's side by the inspection, Tollgate's own files, who answers at which address.
// Reads only; a part that cannot be had is left out or said to be so.
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openBackupFolder } from '../claude-code/backup-folder.ts';
import { BASE_URL } from '../claude-code/env-keys.ts';
import { diskFiles } from '../claude-code/file-port.ts';
import { inspectClaude } from '../claude-code/inspect/inspect-claude.ts';
import type { InspectOptions, Inspection } from '../claude-code/inspect/inspect-claude.ts';
import type { Machine } from '../claude-code/inspect/machine.ts';
import { takenOverAddresses } from '../claude-code/taken-over-address.ts';
import { readSettings } from '../config/read-settings.ts';
import { dataFolderAt } from '../data-folder/data-folder.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { migrations } from '../ledger/migrations/index.ts';
import { providerTypes } from '../providers/registry.ts';
import { addressKey } from './doctor-facts.ts';
import type {
  AddressFacts,
  DataFolderFacts,
  DoctorFacts,
  GatewayFacts,
  OwnFile,
  TakeOverFacts,
} from './doctor-facts.ts';
import { probeAddress } from './probe-address.ts';
import { USUAL_PORT } from './situation.ts';

export interface DoctorSources extends Omit<InspectOptions, 'ourUrls'> {
  readonly dataDir: string;
  readonly configPath: string;
  readonly nodeVersion: string;
  /** Of the user; null where the system has no such number. */
  readonly uid: number | null;
  readonly now: () => number;
  readonly gateway: () => Promise<GatewayFacts>;
  /** Of this data folder; null when it has none yet. */
  readonly controlKey: () => string | null;
  readonly knowsKey: (key: string) => boolean | null;
}

/** Addresses that are asked; a settings file with more of them is a joke. */
const MOST_ADDRESSES = 12;

export async function gatherFacts(sources: DoctorSources): Promise<DoctorFacts> {
  const gateway = await sources.gateway();
  const ourUrls = gateway.url === null ? [] : [gateway.url];
  const inspection = await inspectClaude({ ...sources, ourUrls });
  const folder = dataFolderAt(sources.dataDir);
  const [dataFolder, config, ledger, takeOver, addresses, usualPort] = await Promise.all([
    lookAtDataFolder(sources.machine, folder),
    checkConfigFile(sources.configPath),
    checkLedgerFile(folder.ledger),
    readTakeOver(sources.dataDir, inspection.settingsPath),
    askAddresses(sources, inspection),
    gateway.running ? [] : askUsualPort(sources),
  ]);
  return {
    now: sources.now(),
    nodeVersion: sources.nodeVersion,
    platform: sources.machine.platform,
    uid: sources.uid,
    inspection,
    gateway,
    dataFolder,
    config,
    ledger,
    takeOver,
    addresses,
    usualPort,
    knowsKey: sources.knowsKey,
  };
}

async function askAddresses(
  sources: DoctorSources,
  inspection: Inspection,
): Promise<ReadonlyMap<string, AddressFacts>> {
  const keys = inspection.sources.flatMap(({ name, value }) => {
    const key = name === BASE_URL && value !== null ? addressKey(value) : null;
    return key === null ? [] : [key];
  });
  const asked = await Promise.all(
    [...new Set(keys)].slice(0, MOST_ADDRESSES).map(async (key) => {
      const colon = key.lastIndexOf(':');
      const port = Number(key.slice(colon + 1));
      return [
        key,
        await probeAddress(sources.machine, key.slice(0, colon), port, sources.controlKey()),
      ] as const;
    }),
  );
  return new Map(asked);
}

/** Both families: Tollgate listens on both, and another program may hold only one of them (trap 24). */
function askUsualPort(sources: DoctorSources): Promise<AddressFacts[]> {
  const hosts = ['127.0.0.1', '[::1]'];
  return Promise.all(
    hosts.map((host) => probeAddress(sources.machine, host, USUAL_PORT, sources.controlKey())),
  );
}

const syncServices: readonly (readonly [RegExp, string])[] = [
  [/[\\/]Dropbox([\\/]|$)/i, 'Dropbox'],
  [/[\\/]OneDrive( - [^\\/]+)?([\\/]|$)/i, 'OneDrive'],
  [/[\\/](Mobile Documents|iCloud Drive|iCloudDrive)([\\/]|$)/i, 'iCloud Drive'],
  [/[\\/](Google Drive|GoogleDrive[^\\/]*)([\\/]|$)/i, 'Google Drive'],
  [/[\\/]CloudStorage[\\/]/, 'a cloud drive'],
];

async function lookAtDataFolder(machine: Machine, folder: DataFolder): Promise<DataFolderFacts> {
  const { path } = folder;
  const exists = (await machine.files.stat(path))?.kind === 'folder';
  const real = (await machine.files.realPath(path)) ?? path;
  const syncedBy = syncServices.find(([pattern]) => pattern.test(real))?.[1] ?? null;
  if (!exists || machine.platform === 'win32') return { path, exists, files: [], syncedBy };
  const secrets = (await machine.files.list(folder.vault)).map((name) => join(folder.vault, name));
  const copies = (await machine.files.list(folder.backups)).map((name) => join(folder.backups, name));
  const candidates = [path, folder.vault, folder.backups, folder.ledger, folder.lock, ...secrets, ...copies];
  const files = await Promise.all(
    candidates.slice(0, 200).map(async (one): Promise<OwnFile[]> => {
      // A link's own permissions mean nothing, and what it leads to may be somebody else's.
      if (one !== path && (await machine.files.readLink(one)) !== null) return [];
      const facts = await machine.files.stat(one);
      if (facts === null || facts.kind === 'other') return [];
      return [{ path: one, kind: facts.kind, mode: facts.mode, uid: facts.uid }];
    }),
  );
  return { path, exists, files: files.flat(), syncedBy };
}

async function checkConfigFile(path: string): Promise<DoctorFacts['config']> {
  try {
    const result = readSettings(await readFile(path, 'utf8'), providerTypes);
    return { path, problem: result.ok ? null : result.problem };
  } catch (error) {
    const code = codeOf(error);
    return { path, problem: code === 'ENOENT' ? null : `it cannot be read (${code})` };
  }
}

const SQLITE_HEADER = 'SQLite format 3\0';
/** Where SQLite keeps the number that our migrations count with. */
const VERSION_OFFSET = 60;

/** From the first bytes of the file: to open it as a database would leave files beside it. */
async function checkLedgerFile(path: string): Promise<DoctorFacts['ledger']> {
  try {
    const header = Buffer.alloc(100);
    const read = await readStart(path, header);
    const stats = await stat(path);
    const newestAt = stats.mtimeMs;
    // An empty file is a database in which nothing was written yet.
    if (read === 0) return { path, problem: null, newestAt };
    if (header.toString('latin1', 0, 16) !== SQLITE_HEADER) {
      return { path, problem: 'The file is not a database, or it is damaged.', newestAt };
    }
    const version = header.readUInt32BE(VERSION_OFFSET);
    const newest = Math.max(...migrations.map(({ number }) => number));
    const problem =
      version > newest
        ? `It was written by a newer Tollgate (schema ${version}; this one knows ${newest}).`
        : null;
    return { path, problem, newestAt };
  } catch (error) {
    const code = codeOf(error);
    return { path, problem: code === 'ENOENT' ? null : `The file cannot be read (${code}).`, newestAt: null };
  }
}

async function readStart(path: string, into: Buffer): Promise<number> {
  const file = await open(path, 'r');
  try {
    return (await file.read(into, 0, into.length, 0)).bytesRead;
  } finally {
    await file.close();
  }
}

async function readTakeOver(dataDir: string, settingsPath: string): Promise<TakeOverFacts> {
  const nothing = { writtenUrl: null, at: null, givingBack: false };
  try {
    const record = await openBackupFolder(diskFiles, dataDir, settingsPath).readRecord();
    if (record === null) return { ...nothing, state: 'none' };
    if (record === 'damaged') return { ...nothing, state: 'damaged' };
    const [writtenUrl] = await takenOverAddresses(dataDir, settingsPath);
    const { settled, pending } = record;
    return {
      state: pending !== null ? 'unfinished' : settled === null ? 'none' : 'taken',
      writtenUrl: writtenUrl ?? null,
      at: settled?.at ?? pending?.next?.at ?? null,
      givingBack: pending !== null && pending.next === null,
    };
  } catch {
    return { ...nothing, state: 'unreadable' };
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
