// Budgets without a running gateway, for the command line: the same methods on the data folder's own files, while no
// gateway may use them.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openSettings } from '../config/settings-store.ts';
import { budgetMethods } from '../control/budget-methods.ts';
import type { BudgetMethods } from '../control/budget-methods.ts';
import { claimDataFolder, dataFolderAt, makeDataFolder } from '../data-folder/data-folder.ts';
import { StartError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import { openLedgerForWriting } from '../ledger/open-database.ts';
import { providerTypes } from '../providers/registry.ts';
import { createBudgets } from './budgets.ts';

export interface BudgetDesk {
  readonly methods: BudgetMethods;
  close(): void;
}

/** Throws StartError when another program uses the folder, or its files cannot be used. */
export function openBudgetDesk(dataDir: string, log: Log): BudgetDesk {
  const folder = dataFolderAt(dataDir);
  makeDataFolder(folder);
  const claim = claimDataFolder(folder);
  if (claim === null)
    throw new StartError(`the data folder ${dataDir} is in use by a Tollgate that does not answer.`);
  try {
    const settings = openSettings({
      path: join(dataDir, 'config.json'),
      required: false,
      providerTypes,
      uniqueSuffix: () => randomBytes(6).toString('hex'),
    });
    const db = openLedgerForWriting(folder.ledger);
    const budgets = createBudgets({
      db,
      flush: () => {},
      now: Date.now,
      newId: () => randomBytes(8).toString('hex'),
      hasListeners: () => false,
      onChange: () => {},
      log,
      settings: () => settings.current,
      patienceMs: 0,
    });
    return {
      methods: budgetMethods({ budgets, settings, log, adopt: () => budgets.adopt([]) }),
      close() {
        db.close();
        claim.release();
      },
    };
  } catch (error) {
    claim.release();
    throw error;
  }
}
