// Everything a diagnosis is made from, gathered before: the checks themselves are pure. Values are in clear here; a finding
// masks what it quotes.
import type { ProviderView } from '../../contract/rows.ts';
import type { Inspection } from '../claude-code/inspect/inspect-claude.ts';

/** Who answers at an address of this computer. */
export interface AddressFacts {
  readonly host: string;
  readonly port: number;
  /** `here`: the gateway of this data folder, proved. `tollgate`: another one, by its manner. */
  readonly answers: 'here' | 'tollgate' | 'stranger' | 'silent' | 'nobody';
  /** Name of the program that listens, where the system tells; and its process id. */
  readonly program: string | null;
  readonly pid: number | null;
}

export interface GatewayFacts {
  readonly running: boolean;
  readonly url: string | null;
  readonly paused: boolean;
  /** As the running gateway sees them; null when none runs. */
  readonly providers: readonly ProviderView[] | null;
}

export interface OwnFile {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
}

export interface DataFolderFacts {
  readonly path: string;
  readonly exists: boolean;
  /** The folder and what is private in it; empty where the system has no permission bits. */
  readonly files: readonly OwnFile[];
  /** Name of the service that copies the folder elsewhere; null when none seems to. */
  readonly syncedBy: string | null;
}

/** What became of our change of the settings file, by its record. */
export interface TakeOverFacts {
  readonly state: 'none' | 'taken' | 'unfinished' | 'damaged' | 'unreadable';
  /** Address we wrote last; null when there is none. */
  readonly writtenUrl: string | null;
  /** Milliseconds since the epoch; null when not known. */
  readonly at: number | null;
  /** True when the unfinished change is a give-back. */
  readonly givingBack: boolean;
}

export interface DoctorFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `24.9.0`. */
  readonly nodeVersion: string;
  readonly platform: NodeJS.Platform;
  /** Null where the system has no such number. */
  readonly uid: number | null;
  readonly inspection: Inspection;
  readonly gateway: GatewayFacts;
  readonly dataFolder: DataFolderFacts;
  readonly config: { readonly path: string; readonly problem: string | null };
  readonly ledger: {
    readonly path: string;
    readonly problem: string | null;
    /** Start of the newest exchange, milliseconds since the epoch. */
    readonly newestAt: number | null;
  };
  readonly takeOver: TakeOverFacts;
  /** By `host:port` as in `addressKey`. */
  readonly addresses: ReadonlyMap<string, AddressFacts>;
  /** Who is at the port that Tollgate uses unless told otherwise. */
  readonly usualPort: readonly AddressFacts[];
  /** Whether a local key is one of this data folder; null when that is not known. */
  readonly knowsKey: (key: string) => boolean | null;
}

/** Names the port of a loopback address, whatever its spelling; null for any other address. */
export function addressKey(address: string): string | null {
  const url = URL.parse(address.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const host = url.hostname.toLowerCase();
  if (host !== 'localhost' && host !== '[::1]' && !/^127\.\d+\.\d+\.\d+$/.test(host)) return null;
  const port = url.port !== '' ? url.port : url.protocol === 'http:' ? '80' : '443';
  return `${host}:${port}`;
}
