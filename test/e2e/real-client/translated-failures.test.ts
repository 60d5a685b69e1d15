// What goes wrong at other vendors, as the real client meets it: an answer cut midway, a storm of refusals with a second
// provider behind the first, a prompt that is too long for the model.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients } from './client-home.ts';
import {
  bash,
  chat,
  claude,
  gemini,
  openAi,
  startTranslatedRig,
  translatedVendors,
  type TranslatedRig,
} from './translated-rig.ts';
import type { Fault } from '../../support/upstreams/script.ts';

let rig: TranslatedRig;
afterEach(() => rig.close());

const newest = installedClients().filter(({ version }) => version === '2.1.330');
for (const client of newest) {
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null)(
      'T53, T165: cut midway, the client asks again without a stream',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        const text = 'This sentence is long enough to be sent in a good many pieces, and it is cut.';
        rig.place.answers({ text, fault: { kind: 'cut-frames', after: 8 } }, { text: 'Whole this time.' });
        const { code, result } = await rig.ask('Say something long');
        expect([code, result.is_error, result.result]).toEqual([0, false, 'Whole this time.']);
        rig.expectNoProblems();
        const rows = await rig.rows(2);
        expect(rows.map((row) => [row.state, row.streaming, row.attempts, row.usageBasis])).toEqual([
          ['failed', true, 1, 'estimated'],
          ['completed', false, 1, 'reported'],
        ]);
        const [cut, whole] = rows;
        expect(cut?.costNanoUsd).toBeGreaterThan(0);
        expect(cut?.reason).not.toBeNull();
        const [, usage] = rig.place.mock.seen.usage;
        expect(whole?.outputTokens).toBe(usage?.output);
        expect(whole?.modelServed).toBe(vendor.model);
      },
    );

    test.skipIf(client.path === null)(
      'T162: too long a prompt is said in the words the client knows',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers({ error: { kind: 'overflow' } });
        const { code, result } = await rig.ask('Read everything');
        expect([code, result.is_error]).toEqual([1, true]);
        expect(result.result).toContain('Prompt is too long');
        expect(result['terminal_reason']).toBe('prompt_too_long');
        rig.expectNoProblems();
        const rows = await rig.rows(1);
        expect(rows.map(({ state, status, costNanoUsd }) => [state, status, costNanoUsd])).toEqual([
          ['failed', 400, 0],
        ]);
      },
    );
  });

  const passing: { name: string; fault: Fault; state: [string, number] }[] = [
    { name: 'a login page', fault: { kind: 'html' }, state: ['failed', 502] },
    { name: 'nothing at all', fault: { kind: 'empty' }, state: ['failed', 502] },
    {
      name: 'an error before the first word',
      fault: { kind: 'error-in-stream', when: 'before', error: { kind: 'server' } },
      state: ['failed', 500],
    },
    {
      name: 'an error behind the last word',
      fault: { kind: 'error-in-stream', when: 'after', error: { kind: 'server' } },
      state: ['failed', 200],
    },
  ];
  const finals = [
    { kind: 'wrong-key', printed: 'Failed to authenticate. API Error: 401' },
    { kind: 'forbidden', printed: 'Failed to authenticate. API Error: 403' },
    { kind: 'quota', printed: 'API Error: Request rejected (429)' },
  ] as const;
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null).each(passing)(
      'T54, T160: $name passes, and the row says it was the provider',
      async ({ fault, state }) => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers({ text: 'Not to be believed.', fault }, { text: 'Better.' });
        const { code, result } = await rig.ask('Say something');
        expect([code, result.is_error, result.result]).toEqual([0, false, 'Better.']);
        rig.expectNoProblems();
        const rows = await rig.rows(2);
        expect(rows.map((row) => [row.state, row.status])).toEqual([state, ['completed', 200]]);
        expect(rows[0]?.reason).not.toContain('inside Tollgate');
      },
    );

    test.skipIf(client.path === null)('T51: a whole document for a stream is told as a stream', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      const fault: Fault = { kind: 'document' };
      rig.place.answers(
        { thinking: 'Hm.', text: 'I look.', calls: [bash('echo whole-$((40+2))')], fault },
        { text: 'All at once: é漢🙂', fault },
      );
      const { code, result } = await rig.ask('Say something', ['--allowedTools', 'Bash']);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'All at once: é漢🙂']);
      expect(rig.place.bodies()[1]).toContain('whole-42');
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null).each(finals)(
      'T161: $kind is said once, in the provider’s words',
      async ({ kind, printed }) => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers({ error: { kind } });
        const { code, result } = await rig.ask('Say something');
        expect([code, result.is_error]).toEqual([1, true]);
        expect(result.result).toContain(printed);
        rig.expectNoProblems();
        const rows = await rig.rows(1);
        expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual([['failed', 1]]);
        expect(result.result).toContain(rows[0]?.reason);
      },
    );
  });

  const storms = [
    { first: openAi, second: chat },
    { first: gemini, second: openAi },
    { first: openAi, second: claude },
  ];
  describe.each(storms)(`${client.label}: $first.name, then $second.name`, ({ first, second }) => {
    test.skipIf(client.path === null)(
      'T83, T166: refused in the midst of a tool loop, and nobody notices',
      async () => {
        rig = await startTranslatedRig(client, [first, second]);
        const [one, two] = rig.places;
        one?.answers(
          { thinking: 'I look first.', calls: [bash('echo here-$((40+2))')] },
          { error: { kind: 'rate-limit', retryAfter: 600 } },
        );
        two?.answers(
          { thinking: 'It is there.', calls: [bash('echo there-$((50+2))')] },
          { text: 'Both were run.' },
        );
        const { code, result } = await rig.ask('Run two commands', [
          '--allowedTools',
          'Bash',
          '--model',
          'claude-sonnet-4-5',
        ]);
        expect([code, result.is_error, result.result]).toEqual([0, false, 'Both were run.']);
        rig.expectNoProblems();
        const rows = await rig.rows(3);
        expect(
          rows.map((row) => [row.state, row.status, row.provider, row.modelServed, row.attempts]),
        ).toEqual([
          ['completed', 200, first.name, first.model, 1],
          ['completed', 200, second.name, second.model, 2],
          ['completed', 200, second.name, second.model, 1],
        ]);
        const ladders = rows.map(({ ladder = [] }) =>
          ladder.map(({ provider, outcome, status }) => [provider, outcome, status]),
        );
        expect(ladders).toEqual([
          [],
          [
            [first.name, 'refused', 429],
            [second.name, 'answered', 200],
          ],
          [
            [first.name, 'skipped', null],
            [second.name, 'answered', 200],
          ],
        ]);
        const bodies = two?.bodies() ?? [];
        expect(bodies[0]).toContain('here-42');
        expect(bodies[1]).toContain('there-52');
        await rig.expectServedTotals();
      },
    );
  });
}
