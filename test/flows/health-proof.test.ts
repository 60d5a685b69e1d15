// `/healthz` proves who answers: the control key is never sent to a program that cannot show that it knows it already, also
// not after a crash that left the lock file behind and the port to somebody else.
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRunningGateway } from '../../src/desktop/running-gateway.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { runTollgate, scrubEnvironment } from '../support/run-tollgate.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const NONCE = 'abcdefghijklmnop_-0123';

describe('a running gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => void (gateway = await startGateway()));
  afterAll(() => gateway.dispose());

  const health = async (query: string): Promise<unknown> => {
    const answer = await fetchRaw(`${gateway.url}/healthz${query}`);
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body.toString());
  };

  test('answers a nonce with an HMAC of it', async () => {
    const proof = createHmac('sha256', gateway.ready.controlKey).update(`healthz:${NONCE}`).digest('hex');
    expect(await health(`?nonce=${NONCE}`)).toEqual({ ok: true, proof });
    expect(await health(`?x=1&nonce=${NONCE}`)).toEqual({ ok: true, proof });
  });

  test.each([
    '',
    '?nonce=',
    '?nonce=short',
    `?nonce=${'a'.repeat(129)}`,
    '?nonce=abcdefghijklmnop%20',
    `?notnonce=${NONCE}`,
  ])('proves nothing for %j', async (query) => {
    expect(await health(query)).toEqual({ ok: true });
  });

  test('never lends the text of which its own cookie is made', async () => {
    const cookie = createHmac('sha256', gateway.ready.controlKey).update('window').digest('hex');
    expect(JSON.stringify(await health('?nonce=window'))).not.toContain(cookie);
  });

  test('is found by the command line and adopted by the desktop', async () => {
    const status = await gateway.run('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true, url: gateway.url });
    expect(await findRunningGateway(gateway.dataDir)).toEqual({
      url: gateway.url,
      controlKey: gateway.ready.controlKey,
    });
  });
});

describe('a stale lock, and a stranger at its port', () => {
  let folder: TemporaryFolder;
  const controlKey = `tgc-${'k'.repeat(43)}`;
  const seen: { headers: IncomingMessage['headers']; url: string; body: string }[] = [];
  /** Answers anything as a gateway would, with a proof of its own making. */
  const stranger = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      seen.push({ headers: request.headers, url: request.url ?? '', body });
      const nonce = /nonce=([^&]*)/.exec(request.url ?? '')?.[1] ?? '';
      const proof = createHmac('sha256', 'guessed').update(`healthz:${nonce}`).digest('hex');
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: true, proof }));
    });
  });

  beforeAll(async () => {
    folder = await createTemporaryFolder();
    await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
    const { port } = stranger.address() as AddressInfo;
    // The process id was given out again, too: it is this test's.
    const lock = { pid: process.pid, url: `http://127.0.0.1:${port}`, controlKey };
    await writeFile(join(folder.path, 'lock'), JSON.stringify(lock), { mode: 0o600 });
  });
  afterAll(async () => {
    stranger.closeAllConnections();
    stranger.close();
    await folder.remove();
  });

  test.each([
    ['status', '--json'],
    ['use', 'x'],
    ['key', 'list'],
    ['doctor', '--json'],
    ['connect', '--dry-run'],
  ])('tollgate %s does not hand over the control key', async (...command) => {
    const environment = scrubEnvironment(folder.path);
    const result = await runTollgate([...command, '--data-dir', folder.path], environment);
    if (command[0] === 'use')
      expect(result).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('no Tollgate runs') as string,
      });
    if (command[0] === 'status') expect(JSON.parse(result.stdout)).toMatchObject({ running: false });
    expect(seen.length).toBeGreaterThan(0);
    expect(JSON.stringify(seen)).not.toContain(controlKey);
    expect(
      seen.filter(({ headers }) => headers.authorization !== undefined || headers.cookie !== undefined),
    ).toEqual([]);
    expect(seen.filter(({ url }) => !url.startsWith('/healthz?nonce='))).toEqual([]);
    seen.length = 0;
  });

  test('the desktop does not adopt it', async () => {
    expect(await findRunningGateway(folder.path)).toBeNull();
    expect(JSON.stringify(seen)).not.toContain(controlKey);
  });
});
