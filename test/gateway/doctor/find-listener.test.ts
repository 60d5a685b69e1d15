// Which program holds a port (trap 24): what the three systems answer, and this computer for real.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { diskMachine } from '../../../src/gateway/claude-code/inspect/disk-machine.ts';
import {
  findListener,
  listeningInodes,
  nameOfCommand,
  parseLsof,
  parseNetstat,
} from '../../../src/gateway/doctor/find-listener.ts';

test('macOS: lsof', () => {
  expect(parseLsof('p812\ncnode\nf23\n')).toEqual({ pid: 812, program: 'node' });
  expect(parseLsof('')).toBeNull();
});

test('Windows: netstat, in any language', () => {
  const table = [
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:8655         0.0.0.0:0              ABHÖREN         4242',
    '  TCP    127.0.0.1:50000        127.0.0.1:8655         HERGESTELLT     7',
    '  TCP    [::1]:9000             [::]:0                 ABHÖREN         9',
  ].join('\r\n');
  expect(parseNetstat(table, 8655)).toBe(4242);
  expect(parseNetstat(table, 9000)).toBe(9);
  expect(parseNetstat(table, 50_000)).toBeNull();
});

test('Linux: the tables of the kernel', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:21CF 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1',
    '   1: 0100007F:21CF 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 222 1',
  ].join('\n');
  expect(listeningInodes(table, 8655)).toEqual(['111']);
});

test('a program is named by its script, never by arguments that may hold secrets', () => {
  expect(
    nameOfCommand(['/usr/bin/node', '--enable-source-maps', '/opt/ccr/dist/cli.js', '--key', 'sk-1']),
  ).toBe('node cli.js');
  expect(nameOfCommand(['/usr/bin/python3', '-m', 'x'])).toBe('python3');
  expect(nameOfCommand(['/opt/app/gateway', '--token=abc'])).toBe('gateway');
  expect(nameOfCommand([])).toBeNull();
});

test.runIf(process.platform === 'linux')('on this computer the listener is this very process', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  expect(await findListener(diskMachine({}, '/nowhere'), port)).toMatchObject({ pid: process.pid });
  server.close();
});
