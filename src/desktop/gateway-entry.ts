// What the utility process runs: the very program of `tollgate serve`, plus an ear for the shell's wish to end.
// Signals do not exist on Windows, and the forced end that follows UtilityProcess.kill() would cut answers short.
import { drainMessage } from './gateway-child.ts';

process.parentPort.on('message', (event) => {
  if (event.data !== drainMessage) return;
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
  else process.exit(0); // not yet serving: nothing is in flight
});

// By address and not by name: the gateway is built as a program of its own and is no part of the shell.
await import(new URL('../headless/main.js', import.meta.url).href);
