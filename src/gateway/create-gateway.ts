// Starts and stops a gateway: claims the data folder, opens what is on disk, builds the parts, listens; and the same
// backwards. Read this first, then exchange/run-exchange.ts.
import type { ReadyLine } from '../contract/control-contract.ts';
import { buildParts } from './build-parts.ts';
import type { Opened } from './build-core.ts';
import type { Parts } from './build-parts.ts';
import { claudeSettingsPath } from './claude-code/claude-folder.ts';
import { diskFiles } from './claude-code/file-port.ts';
import { finishTakeOver } from './claude-code/finish-take-over.ts';
import { repairTakeOver } from './claude-code/repair-take-over.ts';
import { openSettings } from './config/settings-store.ts';
import { claimDataFolder, dataFolderAt, makeDataFolder, readLockText } from './data-folder/data-folder.ts';
import type { DataFolder, FolderClaim } from './data-folder/data-folder.ts';
import type { RouteEntry } from './faces/route-table.ts';
import { GatewayError, StartError } from './gateway-error.ts';
import type { GatewayHost } from './gateway-host.ts';
import { LocalKeys } from './keys/local-keys.ts';
import { openLedgerForWriting } from './ledger/open-database.ts';
import type { WritableDb } from './ledger/open-database.ts';
import { closeAbandonedRows } from './ledger/sqlite-ledger.ts';
import { providerTypes } from './providers/registry.ts';
import { removeCurlFile, writeCurlFile } from './statusline/curl-file.ts';
import { openVault } from './vault/open-vault.ts';

export interface Gateway {
  /** What the ready line says. */
  readonly ready: Omit<ReadyLine, 'event'>;
  /** The routes served, for tests that try every lock. */
  readonly routes: readonly Pick<RouteEntry, 'method' | 'path' | 'access'>[];
  /** Drains what runs, up to the host's limit, then closes everything. */
  stop(): Promise<void>;
}

/** How long cut answers may take to settle. */
const CUT_MS = 1000;

/** Starts a gateway. Throws StartError, with one plain line, for what the user can mend. */
export async function createGateway(host: GatewayHost): Promise<Gateway> {
  const folder = dataFolderAt(host.dataDir);
  const claim = claimOrExplain(folder);
  let db: WritableDb | null = null;
  try {
    const opened = openParts(host, folder);
    db = opened.db;
    const parts = buildParts(host, opened);
    parts.state.port = await parts.server.listen(host.port);
    const { controlKey } = opened.keys;
    const { statusLineKey } = parts;
    claim.publish(
      `${JSON.stringify({ pid: process.pid, url: parts.url(), controlKey, statusLineKey })}\n`,
      'new',
    );
    writeCurlFile(host.dataDir, parts.url(), statusLineKey, 'new');
    await repair(host, parts);
    parts.models.start();
    host.log.info({ url: parts.url(), version: host.version }, 'started');
    return {
      ready: {
        url: parts.url(),
        ui: parts.windowLink(),
        mcp: `${parts.url()}/mcp`,
        clientKey: opened.keys.firstClientKey(),
        controlKey,
        dataDir: host.dataDir,
        pid: process.pid,
      },
      routes: parts.routes.entries,
      stop: () => stopParts(host, parts, opened.db, claim),
    };
  } catch (error) {
    db?.close();
    claim.release();
    throw error;
  }
}

/** Brings Claude Code's settings in line where they are ours, and keeps an earlier port answering. */
async function repair(host: GatewayHost, parts: Parts): Promise<void> {
  const { dataDir, now } = host;
  const settingsPath = claudeSettingsPath(host.claudeFolder);
  const { notice, earlierPort } = await repairTakeOver({
    settingsPath,
    dataDir,
    url: parts.url(),
    finish: () => finishTakeOver({ files: diskFiles, dataDir, now, pause: after }, settingsPath),
    connect: parts.reconnect,
  });
  const answersThere = earlierPort !== null && (await parts.server.alsoListen(earlierPort));
  if (notice === null) return;
  parts.state.notices = [
    answersThere ? `${notice} Sessions that still use port ${earlierPort} are answered there, too.` : notice,
  ];
  host.log.warn({ notice }, 'take-over-repaired');
}

function claimOrExplain(folder: DataFolder): FolderClaim {
  let claim: FolderClaim | null;
  try {
    makeDataFolder(folder);
    claim = claimDataFolder(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`the data folder ${folder.path} cannot be used (${why})`);
  }
  if (claim !== null) return claim;
  const url = /"url":"([^"]+)"/.exec(readLockText(folder) ?? '')?.[1];
  throw new StartError(
    `the data folder ${folder.path} is in use by another Tollgate${url === undefined ? '' : ` at ${url}`}; use that one, or choose another folder with --data-dir.`,
  );
}

function openParts(host: GatewayHost, folder: DataFolder): Opened {
  const settings = openSettings({
    path: host.configPath,
    required: host.configRequired,
    providerTypes,
    uniqueSuffix: () => host.randomBytes(6).toString('hex'),
  });
  const keys = new LocalKeys(folder.keys, { randomBytes: host.randomBytes, now: host.now });
  const db = openLedgerForWriting(folder.ledger);
  const abandoned = closeAbandonedRows(db, host.now());
  if (abandoned > 0) host.log.warn({ rows: abandoned }, 'closed-abandoned-rows');
  const vault = openVault(host, folder.vault);
  return { settings, keys, db, vault };
}

async function stopParts(host: GatewayHost, parts: Parts, db: WritableDb, claim: FolderClaim): Promise<void> {
  host.log.info({ inFlight: parts.live.size }, 'stopping');
  parts.state.stopping = true;
  const closed = parts.server.close();
  parts.budgets.asks.close();
  parts.models.close();
  const mcpClosed = parts.mcp.close(host.drainMs);
  await Promise.race([parts.live.idle(), after(host.drainMs)]);
  if (parts.live.size > 0) {
    parts.live.cutAll(new GatewayError('STOPPING', 'Tollgate was stopped.'));
    await Promise.race([parts.live.idle(), after(CUT_MS)]);
  }
  await parts.history.close();
  parts.hub.close();
  await mcpClosed;
  // Let the last answers reach their sockets before the connections go.
  await new Promise<void>((resolve) => setImmediate(resolve));
  parts.server.closeAllConnections();
  await closed;
  await parts.providers.close();
  await parts.translation.close();
  parts.ledger.flush();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  removeCurlFile(host.dataDir);
  claim.release();
  host.log.info({}, 'stopped');
}

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
