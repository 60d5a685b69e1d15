// Checks of the take-over by its record: cut short, damaged, or undone by somebody else (traps 6, 15). Pure.
import { BASE_URL } from '../claude-code/env-keys.ts';
import { isSameAddress } from '../claude-code/loopback-address.ts';
import { maskWithin } from '../claude-code/mask-secrets.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { connectMend, giveBackMend, makeFinding } from './finding.ts';
import type { Diagnosis } from './finding.ts';
import { isConnected, isOurs, userValue } from './situation.ts';

export function checkTakeOver(facts: DoctorFacts): Diagnosis[] {
  switch (facts.takeOver.state) {
    case 'none':
      return [];
    case 'unfinished':
      return [unfinished(facts)];
    case 'damaged':
    case 'unreadable':
      return [damaged(facts)];
    case 'taken':
      return isDrifted(facts) ? [drifted(facts)] : [];
  }
}

function unfinished(facts: DoctorFacts): Diagnosis {
  const { givingBack } = facts.takeOver;
  const canConnect = !givingBack && facts.gateway.running;
  return makeFinding({
    code: 'take-over-unfinished',
    severity: 'warning',
    title: givingBack ? 'Giving the settings back was cut short' : 'Connecting was cut short',
    cause:
      'Tollgate ended in the middle of it. The settings file is whole; the record of the change waits to be finished.',
    evidence: [`Record in ${facts.dataFolder.path}${sayWhen(facts)}.`],
    whatToDo: givingBack
      ? 'Run "tollgate disconnect" again.'
      : 'Run "tollgate connect" or "tollgate disconnect" again.',
    mend: canConnect
      ? connectMend(
          'Finish connecting',
          "Writes what is missing in Claude Code's settings and closes the record.",
        )
      : giveBackMend,
  });
}

function damaged(facts: DoctorFacts): Diagnosis {
  return makeFinding({
    code: 'record-damaged',
    severity: 'warning',
    title: 'The record of what Tollgate changed cannot be read',
    cause:
      "Giving back then removes only what is plainly Tollgate's own, and earlier values may not come back by themselves.",
    evidence: [`Folder ${facts.dataFolder.path}, backups.`],
    whatToDo:
      'Keep the copies of your settings in the same folder, and run "tollgate connect" to begin a new record.',
  });
}

/** Trap 15: somebody set the settings back, or put others in place. */
function isDrifted(facts: DoctorFacts): boolean {
  const { takeOver, inspection } = facts;
  const { state } = inspection.settings;
  if (takeOver.writtenUrl === null || state === 'malformed' || state === 'unreadable') return false;
  const address = userValue(facts, BASE_URL);
  if (address !== null && (isSameAddress(address, takeOver.writtenUrl) || isOurs(facts, address)))
    return false;
  return !isConnected(facts);
}

function drifted(facts: DoctorFacts): Diagnosis {
  const address = userValue(facts, BASE_URL);
  const { running } = facts.gateway;
  return makeFinding({
    code: 'settings-drifted',
    severity: running ? 'warning' : 'notice',
    title: "Claude Code's settings no longer name Tollgate",
    cause:
      'Something put other settings in place since you connected: an edit by hand, another tool, /rewind in Claude Code, or the session hook while Tollgate was away.',
    evidence: [
      `Tollgate wrote ${facts.takeOver.writtenUrl ?? ''}${sayWhen(facts)}.`,
      address === null ? `${BASE_URL} is not set now.` : `${BASE_URL} is ${maskWithin(address)} now.`,
    ],
    whatToDo: 'Connect again, or run "tollgate disconnect" to close the record.',
    mend: running
      ? connectMend(
          'Connect again',
          "Writes Tollgate's values again; the present ones come back when you disconnect.",
        )
      : giveBackMend,
  });
}

function sayWhen({ takeOver }: DoctorFacts): string {
  if (takeOver.at === null) return '';
  return ` on ${new Date(takeOver.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
