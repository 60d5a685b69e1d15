// Checks of where Claude Code's requests go: doubled `/v1`, dead addresses, strangers at ours, other tools, other Tollgates,
// projects and switches that lead around (traps 16, 18, 23, 24). Pure.
import { nameGateway } from '../claude-code/known-gateways.ts';
import { isSameAddress } from '../claude-code/loopback-address.ts';
import { maskWithin } from '../claude-code/mask-secrets.ts';
import { sayPlace } from '../claude-code/inspect/found-source.ts';
import { effectiveValue } from '../claude-code/inspect/rank-sources.ts';
import type { RankedSource } from '../claude-code/inspect/rank-sources.ts';
import {
  AUTH_TOKEN,
  BASE_URL,
  cloudSwitches,
  isOn,
  LOGIN_METHOD,
} from '../claude-code/inspect/route-names.ts';
import { addressKey } from './doctor-facts.ts';
import type { AddressFacts, DoctorFacts } from './doctor-facts.ts';
import { connectMend, giveBackMend, makeFinding } from './finding.ts';
import type { Diagnosis, FindingInput } from './finding.ts';
import { isConnected, isOurs, isTollgateSource, sayProgram, USUAL_URL } from './situation.ts';

const DOUBLED = /\/v1(?:\/messages)?\/*$/i;

export function checkAddresses(facts: DoctorFacts): Diagnosis[] {
  const addresses = facts.inspection.sources.filter(
    (source) => source.name === BASE_URL && source.value !== null && source.value !== '',
  );
  return [
    ...addresses.flatMap((source) => checkDoubled(facts, source)),
    ...addresses.flatMap((source) => checkAnswer(facts, source)),
    ...checkDetours(facts),
  ];
}

function checkDoubled(facts: DoctorFacts, source: RankedSource): Diagnosis[] {
  const address = source.value ?? '';
  const url = URL.parse(address);
  if (url === null || !DOUBLED.test(url.pathname)) return [];
  const plain = `${url.origin}${url.pathname.replace(DOUBLED, '')}`;
  const mends =
    source.kind === 'user' &&
    (isOurs(facts, plain) ||
      (isTollgateSource(facts, source) && (facts.gateway.running || isSameAddress(plain, USUAL_URL))));
  const counts = source.wins || source.kind === 'vscode';
  return [
    makeFinding({
      code: 'doubled-v1',
      about: source.kind === 'user' ? null : sayPlace(source),
      severity: counts ? 'error' : 'notice',
      title: 'The base URL ends with /v1',
      cause:
        'Claude Code puts /v1/messages behind the base URL itself, so it asks for /v1/v1/messages and finds nothing.',
      evidence: [`${sayPlace(source)}: ${BASE_URL}=${maskWithin(address)}`, ...sayLoser(source)],
      whatToDo: `Write ${maskWithin(plain)} there.`,
      mend: mends
        ? connectMend('Remove /v1', 'Writes the right address of Tollgate; nothing else of yours changes.')
        : null,
    }),
  ];
}

function checkAnswer(facts: DoctorFacts, source: RankedSource): Diagnosis[] {
  const address = source.value ?? '';
  const key = addressKey(address);
  const answer = key === null ? undefined : facts.addresses.get(key);
  if (answer === undefined) return checkShadowed(facts, source);
  switch (answer.answers) {
    case 'here':
      return [];
    case 'nobody':
      return [deadAddress(facts, source, answer)];
    case 'silent':
    case 'stranger':
    case 'tollgate':
      return answeredByOther(facts, source, answer);
  }
}

function deadAddress(facts: DoctorFacts, source: RankedSource, answer: AddressFacts): Diagnosis {
  const { gateway } = facts;
  const shown = maskWithin(source.value ?? '');
  const evidence = [
    `${sayPlace(source)}: ${BASE_URL}=${shown}`,
    `Nobody listens at ${answer.host}, port ${answer.port}.`,
    ...sayLoser(source),
  ];
  if (isTollgateSource(facts, source) && source.kind === 'user') {
    if (gateway.running) {
      return makeFinding({
        code: 'stale-address',
        severity: 'error',
        title: 'Claude Code looks for Tollgate where it no longer is',
        cause: `Tollgate runs at ${gateway.url ?? 'another address'}, and the settings still name ${shown}.`,
        evidence,
        whatToDo: 'Run "tollgate connect", or start Tollgate at the old port.',
        mend: connectMend('Connect again', "Writes Tollgate's present address into Claude Code's settings."),
      });
    }
    return makeFinding({
      code: 'gateway-not-running',
      severity: 'error',
      title: 'Claude Code is set to Tollgate, and Tollgate does not run',
      cause: `Every session fails with a refused connection, because nobody answers at ${shown}.`,
      evidence,
      whatToDo:
        'Start Tollgate ("tollgate serve", or open the app), or give the settings back with "tollgate disconnect".',
      mend: giveBackMend,
    });
  }
  const owner = nameGateway(
    source.value ?? '',
    effectiveValue(facts.inspection.sources, AUTH_TOKEN, source.project),
  );
  const who =
    owner === null ? 'A program that is gone or does not run' : `${owner}, by the port it usually has,`;
  return makeFinding({
    code: 'dead-base-url',
    about: source.kind === 'user' ? null : sayPlace(source),
    severity: source.wins ? 'error' : 'warning',
    title: source.wins
      ? 'Claude Code is sent to an address where nobody answers'
      : 'A dead address lies in wait',
    cause: source.wins
      ? `${who} left its address behind; sessions${source.project === null ? '' : ` in ${source.project}`} fail with a refused connection.`
      : `${who} left its address behind. It does no harm while other settings go over it, and strands Claude Code once they are gone.`,
    evidence,
    whatToDo: `Start the program that belongs to it, or remove ${BASE_URL} from ${source.path}.`,
    mend:
      source.kind === 'user' && gateway.running
        ? connectMend(
            'Send Claude Code through Tollgate',
            'The old value is kept and comes back when you disconnect.',
          )
        : null,
  });
}

function answeredByOther(facts: DoctorFacts, source: RankedSource, answer: AddressFacts): Diagnosis[] {
  const ours = isTollgateSource(facts, source);
  const program = sayProgram(answer);
  const shown = maskWithin(source.value ?? '');
  const place = `${sayPlace(source)}: ${BASE_URL}=${shown}`;
  if (source.kind !== 'user') return ours ? [] : checkShadowed(facts, source);
  const mend = facts.gateway.running
    ? connectMend(
        'Connect to this Tollgate',
        "Writes this Tollgate's address and key; the other program is left alone.",
      )
    : null;
  if (answer.answers === 'tollgate') {
    return [
      makeFinding({
        code: 'other-tollgate',
        severity: facts.gateway.running ? 'warning' : 'notice',
        title: 'Another Tollgate routes Claude Code',
        cause: `A Tollgate with another data folder answers at ${shown}.`,
        evidence: [place, `${program} answers there, and does not know the key of ${facts.dataFolder.path}.`],
        whatToDo: 'Use that one (--data-dir), or run "tollgate connect" to use this one.',
        mend,
      }),
    ];
  }
  const silent = answer.answers === 'silent';
  if (ours) {
    return [
      makeFinding({
        code: 'stranger-at-address',
        severity: 'error',
        title: "Another program answers at Tollgate's address",
        cause: `${program} ${silent ? 'holds the port and does not answer' : 'took the port while Tollgate was away'}; Claude Code sends its requests there.`,
        evidence: [place, `${program} listens at port ${answer.port} and cannot prove to be this Tollgate.`],
        whatToDo:
          'Stop that program and start Tollgate, or run "tollgate connect" when Tollgate runs at another port.',
        mend: mend ?? giveBackMend,
      }),
    ];
  }
  const owner = nameGateway(source.value ?? '', effectiveValue(facts.inspection.sources, AUTH_TOKEN));
  return [
    makeFinding({
      code: silent ? 'base-url-silent' : 'other-gateway',
      severity: silent ? 'warning' : 'notice',
      title: silent
        ? 'The program that routes Claude Code does not answer'
        : 'Another program routes Claude Code',
      cause: `${owner === null ? program : `${owner} (${program})`} ${silent ? 'holds' : 'answers at'} ${shown}.`,
      evidence: [place, `${program} listens at port ${answer.port}.`],
      whatToDo:
        'Leave it so, or connect Claude Code to Tollgate; the present value comes back when you disconnect.',
      mend: null,
    }),
  ];
}

/** An address that settings go over now would count again without them. */
function checkShadowed(facts: DoctorFacts, source: RankedSource): Diagnosis[] {
  const outside = ['shell-file', 'windows-user', 'windows-machine'].includes(source.kind);
  if (!outside || source.wins || source.only !== null || !isConnected(facts) || isOurs(facts, source.value))
    return [];
  return [
    makeFinding({
      code: 'shadowed-base-url',
      about: sayPlace(source),
      severity: 'notice',
      title: 'The shell names another base URL',
      cause:
        "It has no effect while Claude Code's settings name Tollgate, and counts again when you disconnect.",
      evidence: [`${sayPlace(source)}: ${BASE_URL}=${maskWithin(source.value ?? '')}`, ...sayLoser(source)],
      whatToDo: 'Leave it if that is what you want without Tollgate; else remove it.',
    }),
  ];
}

function checkDetours(facts: DoctorFacts): Diagnosis[] {
  if (!isConnected(facts)) return [];
  return facts.inspection.sources.flatMap((source): Diagnosis[] => {
    // Managed settings have a check of their own; an editor's values are gone over by the user's.
    if (!source.wins || source.kind === 'managed' || source.kind === 'vscode') return [];
    const cloud = cloudSwitches.get(source.name);
    if (cloud !== undefined && isOn(source.value)) return [cloudDetour(source, cloud)];
    if (source.name === LOGIN_METHOD && source.value === 'gateway') return [gatewayLogin(source)];
    const key = source.value === null ? null : addressKey(source.value);
    const dead = key !== null && facts.addresses.get(key)?.answers === 'nobody';
    if (source.name !== BASE_URL || source.project === null || dead || isOurs(facts, source.value)) return [];
    return [projectDetour(source)];
  });
}

function cloudDetour(source: RankedSource, cloud: string): Diagnosis {
  const where = source.project === null ? 'Every session' : `Every session in ${source.project}`;
  return makeFinding({
    code: 'cloud-provider',
    about: sayPlace(source),
    severity: source.project === null ? 'error' : 'warning',
    title: `Claude Code calls ${cloud} itself, past Tollgate`,
    cause: `${where} does so while ${source.name} is on; a base URL does not count then.`,
    evidence: [`${sayPlace(source)}: ${source.name}=${source.value ?? ''}`],
    whatToDo: `Remove ${source.name} from ${source.path}, or set it to an empty value in Claude Code's settings.`,
  });
}

function gatewayLogin(source: RankedSource): Diagnosis {
  return makeFinding({
    code: 'gateway-login',
    about: source.project,
    severity: 'error',
    title: 'Claude Code signs in at the gateway of an organisation',
    cause: 'forceLoginMethod is "gateway"; such a login goes over every base URL and key.',
    evidence: [sayPlace(source)],
    whatToDo: `Remove ${LOGIN_METHOD} from ${source.path} if you want Tollgate to route these sessions.`,
  });
}

function projectDetour(source: RankedSource): Diagnosis {
  const input: FindingInput = {
    code: 'project-routes-around',
    about: sayPlace(source),
    severity: 'warning',
    title: "A project's own settings lead around Tollgate",
    cause: `In ${source.project ?? ''} the project's settings go over yours, so its sessions are neither counted nor steered here.`,
    evidence: [`${sayPlace(source)}: ${BASE_URL}=${maskWithin(source.value ?? '')}`],
    whatToDo: `Remove ${BASE_URL} from that file, or put Tollgate's address into .claude/settings.local.json of the project.`,
  };
  return makeFinding(input);
}

function sayLoser(source: RankedSource): string[] {
  return source.loser === null ? [] : [`${sayPlace(source.loser.to)} goes over it.`];
}
