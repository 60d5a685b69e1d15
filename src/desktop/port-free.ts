// Whether a port of this computer can be listened on, found out by listening on it for a moment.
import { createServer } from 'node:net';

/** Rejects never: any failure to listen counts as taken. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
