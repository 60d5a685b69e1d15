// Checks of Tollgate itself: its data folder, config, ledger, providers, port, Node and the clock. Pure.
import type { DoctorFacts } from './doctor-facts.ts';
import { makeFinding } from './finding.ts';
import type { Diagnosis } from './finding.ts';
import { isConnected, sayProgram, USUAL_PORT } from './situation.ts';

/** The line that package.json draws. */
const OLDEST_NODE = [24, 9] as const;
/** A file of the future by less than this is a matter of rounding or of a network drive's clock. */
const CLOCK_SLACK_MS = 10 * 60 * 1000;
/** Nothing of this version can have been written before. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

export function checkOwn(facts: DoctorFacts): Diagnosis[] {
  return [
    ...checkDataFolder(facts),
    ...checkConfig(facts),
    ...checkLedger(facts),
    ...checkProviders(facts),
    ...checkPaused(facts),
    ...checkPort(facts),
    ...checkNode(facts),
    ...checkClock(facts),
  ];
}

function checkDataFolder(facts: DoctorFacts): Diagnosis[] {
  const { dataFolder, uid } = facts;
  const findings: Diagnosis[] = [];
  const open = dataFolder.files.filter(({ mode }) => (mode & 0o077) !== 0);
  const folderOpen = open.some(({ path }) => path === dataFolder.path);
  const foreign = uid === null ? [] : dataFolder.files.filter((file) => file.uid !== uid);
  if (open.length > 0 && foreign.length === 0) {
    findings.push(
      makeFinding({
        code: 'data-folder-open',
        severity: folderOpen ? 'warning' : 'notice',
        title: folderOpen
          ? 'Others on this computer can look into the data folder'
          : 'Files of the data folder are not marked private',
        cause: folderOpen
          ? 'It holds local keys, stored secrets and what you spent; its permissions let others in.'
          : 'The folder itself keeps others out; a copy of these files would not.',
        evidence: open
          .slice(0, 10)
          .map(({ path, mode }) => `${path}: mode ${mode.toString(8).padStart(4, '0')}`),
        whatToDo: `chmod -R go= "${dataFolder.path}"`,
        mend: {
          label: 'Make it private',
          explains: 'Takes the permissions of others away from these files; their content stays as it is.',
          action: { kind: 'private', paths: open.map(({ path }) => path) },
        },
      }),
    );
  }
  if (foreign.length > 0) {
    findings.push(
      makeFinding({
        code: 'data-folder-foreign',
        severity: 'warning',
        title: 'The data folder belongs to another account',
        cause: 'Who owns it can read and change it, and Tollgate may fail to write there.',
        evidence: foreign.slice(0, 5).map((file) => `${file.path}: owner ${file.uid}, you are ${uid ?? 0}`),
        whatToDo: 'Change the owner, or use another folder with --data-dir.',
      }),
    );
  }
  if (dataFolder.syncedBy !== null) {
    findings.push(
      makeFinding({
        code: 'data-folder-synced',
        severity: 'warning',
        title: `The data folder lies in ${dataFolder.syncedBy}`,
        cause:
          'A service that copies it while it is being written can damage the ledger, and takes keys to other computers.',
        evidence: [dataFolder.path],
        whatToDo: 'Use a folder outside of it with --data-dir or TOLLGATE_HOME.',
      }),
    );
  }
  return findings;
}

function checkConfig({ config }: DoctorFacts): Diagnosis[] {
  if (config.problem === null) return [];
  return [
    makeFinding({
      code: 'config-invalid',
      severity: 'error',
      title: 'config.json is not valid',
      cause:
        'Tollgate starts only with a config that it understands to the last key; one that runs keeps the settings it read before.',
      evidence: [`${config.path}: ${config.problem}`],
      whatToDo: 'Mend the place named above and start Tollgate again.',
    }),
  ];
}

function checkLedger({ ledger }: DoctorFacts): Diagnosis[] {
  if (ledger.problem === null) return [];
  return [
    makeFinding({
      code: 'ledger-unusable',
      severity: 'error',
      title: 'The ledger cannot be used',
      cause: ledger.problem,
      evidence: [ledger.path],
      whatToDo: /newer/.test(ledger.problem)
        ? 'Update Tollgate, or use another data folder with --data-dir.'
        : 'Move the file away to begin a new ledger; nothing is deleted.',
    }),
  ];
}

function checkProviders({ gateway, config }: DoctorFacts): Diagnosis[] {
  return (gateway.providers ?? []).flatMap((provider): Diagnosis[] => {
    if (provider.problem === null) return [];
    return [
      makeFinding({
        code: 'provider-unusable',
        about: provider.id,
        severity: provider.current ? 'error' : 'warning',
        title: `The provider "${provider.id}" cannot be used`,
        cause: provider.problem,
        evidence: [
          `${config.path}: credential ${provider.credential}${provider.current ? '; it answers by default' : ''}`,
        ],
        whatToDo: 'Give it a key, or switch to another provider ("tollgate use").',
      }),
    ];
  });
}

function checkPaused(facts: DoctorFacts): Diagnosis[] {
  if (!facts.gateway.paused) return [];
  return [
    makeFinding({
      code: 'paused',
      severity: isConnected(facts) ? 'warning' : 'notice',
      title: 'Tollgate is paused',
      cause: 'It refuses every request until you let it go on.',
      evidence: [facts.gateway.url ?? ''],
      whatToDo: 'Press "Resume" in the window or the tray.',
    }),
  ];
}

/** Trap 24: what stands in the way of a start, and nothing else. */
function checkPort(facts: DoctorFacts): Diagnosis[] {
  if (facts.gateway.running) return [];
  const taken = facts.usualPort.filter(({ answers }) => answers !== 'nobody' && answers !== 'here');
  const [first] = taken;
  if (first === undefined) return [];
  const other = first.answers === 'tollgate';
  return [
    makeFinding({
      code: 'port-taken',
      severity: other ? 'notice' : 'warning',
      title: other
        ? `Another Tollgate uses port ${USUAL_PORT}`
        : `Port ${USUAL_PORT} is taken by another program`,
      cause: `Tollgate for ${facts.dataFolder.path} does not run, and its usual port is not free for it.`,
      evidence: taken.map((one) => `${sayProgram(one)} listens at ${one.host}, port ${one.port}.`),
      whatToDo:
        'Stop that program, or start Tollgate with --port 0, which picks a free one, and connect again.',
    }),
  ];
}

function checkNode({ nodeVersion }: DoctorFacts): Diagnosis[] {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return [];
  return [
    makeFinding({
      code: 'node-too-old',
      severity: 'error',
      title: `Node ${nodeVersion} is too old for Tollgate`,
      cause: `Its database needs Node ${wantedMajor}.${wantedMinor} or later and can crash on older ones.`,
      evidence: [`Node ${nodeVersion}`],
      whatToDo: `Install Node ${wantedMajor} or use the app, which brings its own.`,
    }),
  ];
}

function checkClock(facts: DoctorFacts): Diagnosis[] {
  const { now, ledger } = facts;
  const ahead = ledger.newestAt !== null && ledger.newestAt > now + CLOCK_SLACK_MS;
  if (!ahead && now >= EARLIEST_MS) return [];
  const say = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  return [
    makeFinding({
      code: 'clock-off',
      severity: 'warning',
      title: "This computer's clock seems to be wrong",
      cause: 'Days, months and budgets are cut by it, so figures would land in the wrong one.',
      evidence: [
        `It says ${say(now)} UTC.`,
        ...(ahead ? [`The ledger was last written at ${say(ledger.newestAt ?? 0)} UTC.`] : []),
      ],
      whatToDo: 'Set the clock, best to the time of a server.',
    }),
  ];
}
