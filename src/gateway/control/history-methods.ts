// Past spend from Claude Code's logs, as Control offers it.
import type { Control } from '../../contract/control-contract.ts';
import type { HistoryService } from '../history/history-service.ts';

type HistoryMethods = Pick<
  Control,
  'history.scan' | 'history.import' | 'history.status' | 'history.cancel' | 'history.remove'
>;

export function historyMethods(history: HistoryService): HistoryMethods {
  return {
    'history.scan': () => history.scan(),
    'history.import': async () => history.startImport(),
    'history.status': async () => history.status(),
    'history.cancel': () => history.cancel(),
    'history.remove': () => history.remove(),
  };
}
