// Checks of what Claude Code signs in with: two credentials at once, keys left over, keys that no longer open the door,
// rules of an administrator (traps 18 to 21). Pure.
import { nameGateway } from '../claude-code/known-gateways.ts';
import { isLoopbackAddress } from '../claude-code/loopback-address.ts';
import { sayPlace } from '../claude-code/inspect/found-source.ts';
import { effectiveSource, effectiveValue } from '../claude-code/inspect/rank-sources.ts';
import type { RankedSource } from '../claude-code/inspect/rank-sources.ts';
import {
  API_KEY,
  AUTH_TOKEN,
  BASE_URL,
  credentialNames,
  CUSTOM_HEADERS,
  KEY_HELPER,
  maskValue,
} from '../claude-code/inspect/route-names.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { connectMend, giveBackMend, makeFinding } from './finding.ts';
import type { Diagnosis } from './finding.ts';
import { isConnected, isOurs, localKeyInForce } from './situation.ts';

export function checkCredentials(facts: DoctorFacts): Diagnosis[] {
  return [
    ...checkTwoCredentials(facts),
    ...checkTwoPlaces(facts),
    ...checkLeftOver(facts),
    ...checkLocalKey(facts),
    ...checkProjectKeys(facts),
    ...checkLogin(facts),
    ...checkManaged(facts),
  ];
}

const isOurKey = (value: string | null | undefined): boolean => value?.startsWith('tg-') === true;

function inForce(facts: DoctorFacts, name: string): RankedSource | null {
  const source = effectiveSource(facts.inspection.sources, name);
  return source === null || source.value === '' ? null : source;
}

const inSettings = (source: RankedSource): boolean => source.kind === 'user' || source.kind === 'managed';

function sayEvidence(source: RankedSource): string {
  const value = source.value === null ? '' : `=${maskValue(source.name, source.value)}`;
  return `${sayPlace(source)}: ${source.name}${value}`;
}

function checkTwoCredentials(facts: DoctorFacts): Diagnosis[] {
  const token = inForce(facts, AUTH_TOKEN);
  const others = [inForce(facts, API_KEY), inForce(facts, KEY_HELPER)].flatMap((source) => source ?? []);
  // A key exported for other programs is sent beside ours and does no harm; one in Claude Code's settings was meant for it.
  const second = others.filter((source) => !isOurKey(token?.value) || inSettings(source));
  if (token === null || second.length === 0) return [];
  return [
    makeFinding({
      code: 'two-credentials',
      severity: 'warning',
      title: 'Claude Code has two credentials',
      cause:
        'It sends both with every request, one in each header, and interactive sessions ask which one to use.',
      evidence: [token, ...second].map(sayEvidence),
      whatToDo:
        `Keep one of them. ${isOurKey(token.value) ? `With Tollgate that is ${AUTH_TOKEN}; give your own key to Tollgate as a provider key.` : ''}`.trim(),
    }),
  ];
}

function checkTwoPlaces(facts: DoctorFacts): Diagnosis[] {
  return credentialNames.flatMap((name): Diagnosis[] => {
    const places = facts.inspection.sources.filter(
      (source) =>
        source.name === name &&
        source.project === null &&
        source.only === null &&
        source.kind !== 'vscode' &&
        source.value !== '',
    );
    const values = new Set(places.map(({ value }) => value));
    const [first] = places;
    const files = places.filter(({ kind }) => kind !== 'process');
    // What a shell file sets, the environment has too; and one local key over another one does no harm.
    if (first === undefined || values.size < 2 || files.length < 2 || isOurKey(first.value)) return [];
    return [
      makeFinding({
        code: 'key-in-two-places',
        about: name,
        severity: 'warning',
        title: `${name} is set in ${files.length} places, to different values`,
        cause: `Claude Code uses the one from ${sayPlace(first)}; another start of it, or a change there, brings up another.`,
        evidence: places.map((source) => `${sayEvidence(source)}${source === first ? ' (counts)' : ''}`),
        whatToDo: 'Keep it in one place and remove the others.',
      }),
    ];
  });
}

function checkLeftOver(facts: DoctorFacts): Diagnosis[] {
  const token = inForce(facts, AUTH_TOKEN);
  if (token?.value === undefined || token.value === null) return [];
  const address = effectiveValue(facts.inspection.sources, BASE_URL) ?? '';
  if (isLoopbackAddress(address)) return [];
  const ours = isOurKey(token.value);
  const owner = ours ? 'Tollgate' : nameGateway(address, token.value);
  if (owner === null) return [];
  const takenOver = facts.takeOver.state === 'taken' && token.kind === 'user';
  return [
    makeFinding({
      code: 'left-over-key',
      severity: 'error',
      title: `A local key of ${owner} is sent to ${address === '' ? 'Anthropic' : 'another gateway'}`,
      cause: `${AUTH_TOKEN} still holds the key of ${owner}, and ${BASE_URL} no longer leads there; requests are refused with 401.`,
      evidence: [
        sayEvidence(token),
        address === '' ? `${BASE_URL} is not set.` : `${BASE_URL}=${maskValue(BASE_URL, address)}`,
      ],
      whatToDo: ours
        ? 'Run "tollgate connect", or remove the key.'
        : `Remove ${AUTH_TOKEN} from ${token.path}, or start ${owner} again.`,
      mend:
        !ours || token.kind !== 'user'
          ? null
          : takenOver && !facts.gateway.running
            ? giveBackMend
            : facts.gateway.running
              ? connectMend('Connect again', "Writes Tollgate's address beside its key.")
              : null,
    }),
  ];
}

function checkLocalKey(facts: DoctorFacts): Diagnosis[] {
  const address = effectiveValue(facts.inspection.sources, BASE_URL);
  if (!isOurs(facts, address)) return [];
  const key = localKeyInForce(facts);
  if (key !== null && facts.knowsKey(key) !== false) return [];
  const token = inForce(facts, AUTH_TOKEN);
  return [
    makeFinding({
      code: 'key-refused',
      severity: 'error',
      title: 'Tollgate refuses the key that Claude Code sends',
      cause:
        key === null
          ? 'Claude Code is sent here without a local key, so its requests are answered with 401.'
          : 'The key is not one of this data folder, or it was revoked; requests are answered with 401.',
      evidence: [token === null ? `${AUTH_TOKEN} is not set.` : sayEvidence(token)],
      whatToDo: 'Run "tollgate connect".',
      mend: connectMend('Connect again', "Writes a key that opens Tollgate's door."),
    }),
  ];
}

/** A project that replaces the variable in which our key travels. */
function checkProjectKeys(facts: DoctorFacts): Diagnosis[] {
  if (!isConnected(facts)) return [];
  const { sources } = facts.inspection;
  const overriding = sources.filter(
    ({ project, name, wins }) => project !== null && wins && (name === AUTH_TOKEN || name === CUSTOM_HEADERS),
  );
  const projects = new Map(overriding.map((source) => [source.project, source]));
  return [...projects].flatMap(([project, source]): Diagnosis[] => {
    if (!isOurs(facts, effectiveValue(sources, BASE_URL, project))) return [];
    const key = localKeyInForce(facts, project);
    if (key !== null && facts.knowsKey(key) !== false) return [];
    return [
      makeFinding({
        code: 'project-replaces-key',
        about: project,
        severity: 'warning',
        title: "A project's own settings replace Tollgate's key",
        cause: `In ${project ?? ''} Claude Code sends ${source.name} of the project instead, and Tollgate answers 401.`,
        evidence: [sayEvidence(source)],
        whatToDo: `Remove ${source.name} from ${source.path}${source.name === CUSTOM_HEADERS ? ', or add the line x-tollgate-key to it' : ''}.`,
      }),
    ];
  });
}

function checkLogin(facts: DoctorFacts): Diagnosis[] {
  const { signIn } = facts.inspection;
  if (!isConnected(facts)) return [];
  const token = inForce(facts, AUTH_TOKEN);
  if (token !== null) {
    if (!signIn.hasLogin || !isOurKey(token.value)) return [];
    return [
      makeFinding({
        code: 'login-unused',
        severity: 'notice',
        title: 'The stored Anthropic login is not used',
        cause:
          "Claude Code sends Tollgate's key instead, says so at its start, and requests are billed to the provider's key.",
        evidence: [signIn.note],
        whatToDo: 'Leave it so to pay by key; to use your plan, connect again with the login kept.',
      }),
    ];
  }
  // Connected with the login kept: any other credential would push it aside.
  const instead = [inForce(facts, API_KEY), inForce(facts, KEY_HELPER)].flatMap((source) => source ?? []);
  if (localKeyInForce(facts) === null || !signIn.hasLogin || instead.length === 0) return [];
  return [
    makeFinding({
      code: 'login-pushed-aside',
      severity: 'warning',
      title: 'Another credential takes the place of your login',
      cause: 'Claude Code is connected with its login kept, but this credential goes before the login.',
      evidence: instead.map(sayEvidence),
      whatToDo: `Remove it from ${instead.map(({ path }) => path).join(' and ')}, or connect with a key.`,
    }),
  ];
}

function checkManaged(facts: DoctorFacts): Diagnosis[] {
  const { rules } = facts.inspection.rules;
  const connected = isConnected(facts);
  const withKey = isOurKey(inForce(facts, AUTH_TOKEN)?.value);
  const registered = facts.inspection.state.mcpServers.some(
    ({ url }) => url !== null && isLoopbackAddress(url) && url.endsWith('/mcp'),
  );
  return rules.map((rule) => {
    const mcp = rule.rule === 'mcp-servers' || rule.rule === 'mcp-exclusive';
    const hurts = mcp ? registered : rule.rule === 'login-required' ? connected && withKey : connected;
    const login = rule.rule === 'login-required';
    return makeFinding({
      code: `managed-${rule.rule}`,
      about: `${rule.name} ${rule.place}`,
      severity: !hurts ? 'notice' : mcp ? 'warning' : 'error',
      title: login
        ? "This computer's managed settings require a login at Anthropic"
        : mcp
          ? "This computer's managed settings keep Tollgate's MCP endpoint out"
          : "This computer's managed settings lead Claude Code elsewhere",
      cause: rule.why,
      evidence: [`${rule.place}: ${rule.name}`],
      whatToDo: login
        ? 'Connect with the login kept ("tollgate connect --credential login"), or ask the administrator.'
        : 'Only the administrator of this computer can change that.',
    });
  });
}
