// What was found out about Claude Code on this computer (`claude.inspect`), what is wrong with it or with Tollgate and how
// to mend it (`doctor.run`, `doctor.mend`), and what Claude Code loses or gains behind a gateway. Secrets are masked.
import { z } from 'zod';

/** A place in a text file; line and column count from 1 and are null where the place is no text. */
export const SourcePlace = z.object({
  /** Absolute path, a registry key, or a name such as `environment of this process`. */
  path: z.string(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
});
export type SourcePlace = z.infer<typeof SourcePlace>;

/** Where a setting of Claude Code can stand, strongest first. */
export const sourceKinds = [
  'managed',
  'project-local',
  'project',
  'user',
  'vscode',
  'shell-file',
  'process',
  'windows-user',
  'windows-machine',
] as const;
export const SourceKind = z.enum(sourceKinds);
export type SourceKind = z.infer<typeof SourceKind>;

/** One value that decides where Claude Code's requests go, or with which credential. */
export const RouteSource = z.object({
  kind: SourceKind,
  /** Variable (`ANTHROPIC_BASE_URL`) or settings key (`apiKeyHelper`). */
  name: z.string(),
  /** Masked; null when it is worked out by a program or was not looked at. */
  value: z.string().nullable(),
  place: SourcePlace,
  /** Folder of the project for which alone it counts; null when it counts everywhere. */
  project: z.string().nullable(),
  /** True when Claude Code uses this one (inside the project, for a project's). */
  wins: z.boolean(),
  /** One sentence when it does not win, or needs an explanation; else null. */
  note: z.string().nullable(),
});
export type RouteSource = z.infer<typeof RouteSource>;

export const ConfigFolder = z.object({
  path: z.string(),
  /** How it was found. */
  foundBy: z.enum(['option', 'environment', 'shell-file', 'default', 'wsl']),
  exists: z.boolean(),
  /** True for the one that Tollgate reads and writes. */
  current: z.boolean(),
  /** Name of the WSL guest, else null. */
  guest: z.string().nullable(),
  note: z.string().nullable(),
});
export type ConfigFolder = z.infer<typeof ConfigFolder>;

export const InstalledProgram = z.object({
  path: z.string(),
  kind: z.enum(['native', 'npm', 'homebrew', 'other']),
  /** True for the one that a terminal with this PATH starts. */
  first: z.boolean(),
  /** `2.1.330`; null when it could not be found out. */
  version: z.string().nullable(),
  problem: z.string().nullable(),
});
export type InstalledProgram = z.infer<typeof InstalledProgram>;

export const signInKinds = [
  'cloud-provider',
  'auth-token',
  'api-key',
  'api-key-helper',
  'oauth-token',
  'login',
] as const;
export const SignIn = z.object({
  /** The way that Claude Code uses now, by its own order of precedence; null when none was found. */
  used: z.enum(signInKinds).nullable(),
  /** Every way that was found, strongest first; its presence only, never its content. */
  found: z.array(z.object({ kind: z.enum(signInKinds), place: z.string() })),
  /** True when a claude.ai or Console login is stored. */
  hasLogin: z.boolean(),
  /** One sentence. */
  note: z.string(),
});
export type SignIn = z.infer<typeof SignIn>;

/** A rule of the computer's administrator that stands in the way of a gateway. */
export const ManagedRule = z.object({
  rule: z.enum([
    'login-required',
    'base-url',
    'credential',
    'cloud-provider',
    'mcp-servers',
    'mcp-exclusive',
  ]),
  /** The settings key, such as `forceLoginMethod`. */
  name: z.string(),
  place: z.string(),
  /** One sentence: what it means for Tollgate. */
  why: z.string(),
});
export type ManagedRule = z.infer<typeof ManagedRule>;

export const featureStates = ['kept', 'lost', 'gained', 'unknown'] as const;
/** One thing that works otherwise behind a gateway. */
export const FeatureView = z.object({
  id: z.string(),
  feature: z.string(),
  state: z.enum(featureStates),
  /** One or two sentences for this version, sign-in and these settings. */
  why: z.string(),
  /** The version of Claude Code from which on this holds; null when it always did or is not known. */
  since: z.string().nullable(),
  /** Where this is known from. */
  source: z.string(),
});
export type FeatureView = z.infer<typeof FeatureView>;

export const ClaudeInspection = z.object({
  folders: z.array(ConfigFolder),
  settingsPath: z.string(),
  programs: z.array(InstalledProgram),
  /** Version of the program that a terminal starts, else of the newest found; null when there is none. */
  version: z.string().nullable(),
  signIn: SignIn,
  managed: z.object({
    /** Places of managed settings that exist. */
    places: z.array(z.string()),
    rules: z.array(ManagedRule),
    /** Set when the credential that Tollgate writes would be refused: the reason, and what to do instead. */
    forbidsGatewayKey: z.string().nullable(),
  }),
  /** Everything that routes Claude Code, strongest first. */
  routes: z.array(RouteSource),
  /** Projects that Claude Code knows, and how many of them could be looked at. */
  projects: z.object({ known: z.number().int(), read: z.number().int() }),
  /** What could not be looked at, and why: sentences. */
  gaps: z.array(z.string()),
  features: z.array(FeatureView),
});
export type ClaudeInspection = z.infer<typeof ClaudeInspection>;

/** `error`: Claude Code or Tollgate does not work as set up; `warning`: something bad is likely; `notice`: good to know. */
export const Severity = z.enum(['error', 'warning', 'notice']);
export type Severity = z.infer<typeof Severity>;

export const Finding = z.object({
  /** Names this finding until it is gone: give it to `doctor.mend`. */
  id: z.string(),
  /** Its sort, such as `doubled-v1`. */
  code: z.string(),
  severity: Severity,
  title: z.string(),
  /** Why it is so: one or two sentences. */
  cause: z.string(),
  /** What was seen, secrets masked. */
  evidence: z.array(z.string()),
  /** What the user can do by hand. */
  whatToDo: z.string(),
  /** Null when no mend is safe enough for one click. */
  mend: z
    .object({
      /** Text of the button. */
      label: z.string(),
      /** What it will do: one sentence. */
      explains: z.string(),
      /** True when `doctor.mend` with `dryRun` shows a diff first. */
      hasDiff: z.boolean(),
    })
    .nullable(),
});
export type Finding = z.infer<typeof Finding>;

export const DoctorReport = z.object({
  /** Milliseconds since the epoch. */
  ranAt: z.number().int(),
  gateway: z.object({ running: z.boolean(), url: z.string().nullable(), dataDir: z.string() }),
  /** Most severe first. */
  findings: z.array(Finding),
  /** What was looked at: one short line each. */
  checked: z.array(z.string()),
  claude: ClaudeInspection,
});
export type DoctorReport = z.infer<typeof DoctorReport>;

export const MendInput = z.strictObject({
  /** `id` of a finding of a fresh run. */
  id: z.string().min(1).max(200),
  dryRun: z.boolean().default(false),
  /** The `basedOn` of the dry run that was shown; a file that changed since is then refused. */
  basedOn: z.string().optional(),
});

export const MendResult = z.object({
  id: z.string(),
  /** False on a dry run. */
  applied: z.boolean(),
  /** Unified diff of the file that changes, secrets masked; empty when no file's text changes. */
  diff: z.string(),
  /** Null when there is no diff. */
  basedOn: z.string().nullable(),
  notes: z.array(z.string()),
});
export type MendResult = z.infer<typeof MendResult>;
