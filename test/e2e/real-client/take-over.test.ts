// The take-over with the real client: it runs by nothing but the settings that `tollgate connect` wrote, a running session
// follows them, and after `tollgate disconnect` it is where it was before (traps 1, 2, 18, 22).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startFakeUpstream, type FakeUpstream } from '../../support/fake-upstream.ts';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { createScriptedModel, say } from './scripted-model.ts';
import { TerminalSession } from './terminal-session.ts';

let rig: ClientRig;
let elsewhere: FakeUpstream;
let session: TerminalSession | null = null;
afterEach(async () => {
  await session?.close();
  session = null;
  await rig.close();
  await elsewhere.close();
});

/** A machine on which Claude Code went to another address before. */
async function prepare(
  client: ReturnType<typeof installedClients>[number],
): Promise<{ path: string; before: string }> {
  elsewhere = await startFakeUpstream();
  elsewhere.setAnswer(createScriptedModel(() => say('from elsewhere')).answer);
  rig = await startClientRig(client, () => say('through Tollgate'));
  const before = `{\r\n\t"cleanupPeriodDays": 30,\r\n\t"env": {"ANTHROPIC_AUTH_TOKEN":"sk-own-key-of-the-user",   "ANTHROPIC_BASE_URL": "${elsewhere.url}"}\r\n}`;
  const path = join(rig.claudeFolder, 'settings.json');
  await writeFile(path, before);
  return { path, before };
}

async function tollgate(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await rig.gateway.run(...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const turnsElsewhere = (): number =>
  elsewhere.requests.filter(({ path, method }) => method === 'POST' && path === '/v1/messages').length;

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)(
      'connect, a turn, disconnect, a turn: by the settings alone',
      async () => {
        const { path, before } = await prepare(client);
        expect((await rig.ask('one', { bySettings: true })).result.result).toBe('from elsewhere');
        await tollgate('connect', '--no-mcp');
        expect((await rig.ask('two', { bySettings: true })).result.result).toBe('through Tollgate');
        expect(rig.model.charges.length).toBe(1);
        const [request] = rig.upstream.requests;
        expect(JSON.stringify(request?.headers)).not.toContain('sk-own-key');
        await rig.gateway.control.settled(1);
        expect((await rig.usage()).totals).toEqual(rig.model.totals());
        await tollgate('disconnect');
        expect(await readFile(path, 'utf8')).toBe(before);
        const turns = turnsElsewhere();
        expect((await rig.ask('three', { bySettings: true })).result.result).toBe('from elsewhere');
        expect(turnsElsewhere()).toBe(turns + 1);
        expect(rig.model.charges.length).toBe(1);
      },
    );

    test.skipIf(client.path === null || process.platform !== 'linux')(
      'a session that runs follows both, without a restart (in a terminal, Linux only)',
      async () => {
        await prepare(client);
        const own = rig.environment({ bySettings: true });
        session = new TerminalSession(rig.path, own, rig.workFolder);
        await session.shows('❯');
        session.type('one\r');
        await session.shows('from elsewhere');
        await tollgate('connect', '--no-mcp');
        await expect.poll(() => askUntil('through Tollgate'), { timeout: 60_000, interval: 2000 }).toBe(true);
        await tollgate('disconnect');
        await expect.poll(() => askUntil('from elsewhere'), { timeout: 60_000, interval: 2000 }).toBe(true);
      },
      180_000,
    );

    test.skipIf(client.path === null)(
      'a project that leads around Tollgate is reported, and does',
      async () => {
        await prepare(client);
        await tollgate('connect', '--no-mcp');
        const local = join(rig.workFolder, '.claude', 'settings.local.json');
        await mkdir(join(rig.workFolder, '.claude'));
        await writeFile(local, JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere.url } }));
        expect((await rig.ask('one', { bySettings: true })).result.result).toBe('from elsewhere');
        const { code, stdout } = await rig.gateway.run('doctor', '--json');
        expect(code).toBe(1);
        const { findings } = JSON.parse(stdout) as { findings: { severity: string; evidence: unknown[] }[] };
        const named = findings.filter((finding) => JSON.stringify(finding).includes('settings.local.json'));
        expect(named.length).toBeGreaterThan(0);
        expect(await tollgate('status')).not.toContain('All Claude Code sessions');
      },
    );
  });

/** Asks one more question in the session; true when the answer comes from where it should. */
async function askUntil(answer: string): Promise<boolean> {
  session?.type('again\r');
  return (
    (await session?.shows(answer).then(
      () => true,
      () => false,
    )) === true
  );
}
