// What Claude Code loses or gains behind a gateway, for the version, sign-in and settings found on this computer. Facts
// are Anthropic's documentation of Claude Code as of autumn 2026, and measurements of its versions 2.1.197 and 2.1.330;
// where a version lies between two measured ones and the documentation names none, the answer is "unknown". Pure.
import type { FeatureView } from '../../../contract/doctor.ts';
import { compareVersions } from './installed-programs.ts';

export interface FeatureFacts {
  /** Version of Claude Code; null when not known. */
  readonly version: string | null;
  /** True when Claude Code keeps its own Anthropic login behind the gateway. */
  readonly keepsLogin: boolean;
  /** True when a login is stored at all. */
  readonly hasLogin: boolean;
  /** Organisation settings fetched from Anthropic were found. */
  readonly hasRemoteSettings: boolean;
  /** True when an Anthropic upstream answers, which understands every field of a request; null when not known. */
  readonly anthropicUpstream: boolean | null;
  /** `permissions.defaultMode` of the user's settings. */
  readonly permissionMode: string | null;
  /** Value in force of a variable; null when nothing sets it. */
  readonly value: (name: string) => string | null;
}

/** What needs a login is not taken from somebody who has none. */
const NO_LOGIN = 'It needs a claude.ai login, and none is stored here.';

type Verdict = Pick<FeatureView, 'state' | 'why'>;

interface Feature {
  readonly id: string;
  readonly feature: string;
  readonly since: string | null;
  readonly source: string;
  readonly judge: (facts: FeatureFacts) => Verdict;
}

const DOCUMENTED = 'Claude Code documentation';
const MEASURED = 'measured with Claude Code 2.1.197 and 2.1.330';

const kept = (why: string): Verdict => ({ state: 'kept', why });
const lost = (why: string): Verdict => ({ state: 'lost', why });
const gained = (why: string): Verdict => ({ state: 'gained', why });
const unknown = (why: string): Verdict => ({ state: 'unknown', why });

/** `null` when the version is not known. */
function isAtLeast(facts: FeatureFacts, version: string): boolean | null {
  return facts.version === null ? null : compareVersions(facts.version, version) >= 0;
}

const isSet = (facts: FeatureFacts, name: string): boolean =>
  !/^\s*(|0|false|no|off)\s*$/i.test(facts.value(name) ?? '');

const features: readonly Feature[] = [
  {
    id: 'tool-search',
    feature: 'Tool search (MCP tools loaded on demand)',
    since: null,
    source: MEASURED,
    judge: judgeToolSearch,
  },
  {
    id: 'model-discovery',
    feature: "The gateway's models in /model",
    since: null,
    source: DOCUMENTED,
    judge: (facts) =>
      isSet(facts, 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY')
        ? gained('/model lists what the gateway offers, marked "From gateway".')
        : unknown(
            '/model can list what the gateway offers; CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY is not set.',
          ),
  },
  {
    id: 'live-switch',
    feature: 'Provider switched without a restart',
    since: null,
    source: 'Tollgate',
    judge: () => gained('Requests go to another provider from the next one on; sessions keep running.'),
  },
  {
    id: 'exact-cost',
    feature: 'Exact cost per request, session and project',
    since: null,
    source: 'Tollgate',
    judge: () =>
      gained(
        'Claude Code itself prices a foreign model at the rate of its default model; Tollgate prices what answered.',
      ),
  },
  {
    id: 'cost-by-prompt',
    feature: 'Cost told apart by what a request is for',
    since: '2.1.273',
    source: DOCUMENTED,
    judge(facts) {
      if (isAtLeast(facts, '2.1.273') === false)
        return lost('This version does not say what a request is for; 2.1.273 and later do.');
      if (!isSet(facts, 'CLAUDE_CODE_GATEWAY_HINT_HEADERS'))
        return lost('CLAUDE_CODE_GATEWAY_HINT_HEADERS is not set.');
      return facts.version === null
        ? unknown('Claude Code 2.1.273 or later is needed.')
        : gained('Each request says whether it is a main turn, a sub-agent, a compaction or a side job.');
    },
  },
  {
    id: 'subscription',
    feature: 'Pro or Max plan',
    since: null,
    source: DOCUMENTED,
    judge(facts) {
      if (facts.keepsLogin)
        return kept('The login stays the credential; plan limits and billing apply as before.');
      if (!facts.hasLogin) return kept('No login is stored here that could lie idle.');
      return lost(
        "Claude Code sends the gateway's key, so its login and plan lie idle; connect with the login kept to use them.",
      );
    },
  },
  {
    id: 'remote-control',
    feature: 'Remote Control',
    since: '2.1.196',
    source: DOCUMENTED,
    judge(facts) {
      if (!facts.hasLogin) return kept(NO_LOGIN);
      if (isAtLeast(facts, '2.1.196') === false && facts.keepsLogin)
        return kept('Before 2.1.196 the login alone decides.');
      return lost('It is off with any base URL but that of Anthropic.');
    },
  },
  ...withLogin('connectors', 'claude.ai connectors', 'They are loaded only with a claude.ai login in use.'),
  ...withLogin('voice', 'Voice dictation', 'It works only with a claude.ai login in use.'),
  {
    id: 'remote-managed-settings',
    feature: 'Settings that an organisation sends from claude.ai',
    since: null,
    source: MEASURED,
    judge(facts) {
      if (facts.hasRemoteSettings)
        return lost('They were fetched before; with a base URL of its own Claude Code does not fetch them.');
      const none =
        'None were found on this computer; with a base URL of its own Claude Code would not fetch them.';
      return facts.hasLogin ? unknown(none) : kept(none);
    },
  },
  {
    id: 'auto-mode',
    feature: 'Auto mode (checked permissions)',
    since: '2.1.278',
    source: MEASURED,
    judge: judgeAutoMode,
  },
  {
    id: 'fast-mode',
    feature: '/fast',
    since: null,
    source: DOCUMENTED,
    judge: (facts) =>
      facts.keepsLogin
        ? unknown('Its check asks Anthropic directly; the answer depends on the account.')
        : lost(
            'A session with a token never asks Anthropic whether it may, and reads that as "disabled by organization".',
          ),
  },
  {
    id: 'fine-grained-streaming',
    feature: 'Large tool inputs arrive piece by piece',
    since: null,
    source: DOCUMENTED,
    judge: (facts) =>
      isSet(facts, 'CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING')
        ? kept('CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING is set.')
        : lost('Behind a base URL it is off unless CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING is 1.'),
  },
  {
    id: 'prompt-cache',
    feature: 'Prompt cache across turns',
    since: '2.1.181',
    source: DOCUMENTED,
    judge(facts) {
      const known = isAtLeast(facts, '2.1.181');
      if (known === null) return unknown('Claude Code 2.1.181 or later is needed.');
      return known
        ? kept('The first lines of a conversation stay the same from turn to turn.')
        : lost(
            'Before 2.1.181 a line of the prompt changes with every request, so nothing is found in the cache.',
          );
    },
  },
  {
    id: 'usage-limits',
    feature: 'Plan usage in /usage and the status line',
    since: null,
    source: DOCUMENTED,
    judge: (facts) =>
      facts.keepsLogin
        ? kept("Anthropic's figures are passed on with every answer.")
        : unknown('They exist only with a claude.ai login in use; budgets are kept by Tollgate.'),
  },
  {
    id: 'web-search',
    feature: 'Web search tool',
    since: null,
    source: DOCUMENTED,
    judge: (facts) =>
      facts.anthropicUpstream === true
        ? kept('It is a request like any other, and Anthropic answers it.')
        : unknown('It needs a provider that knows this tool of Anthropic.'),
  },
];

/** `keepsLogin` and the rest as they are, or would be once connected. */
export function judgeFeatures(facts: FeatureFacts): FeatureView[] {
  return features.map(({ id, feature, since, source, judge }) => ({
    id,
    feature,
    since,
    source,
    ...judge(facts),
  }));
}

function judgeToolSearch(facts: FeatureFacts): Verdict {
  if (isSet(facts, 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS')) {
    return lost('CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS turns it off, whatever ENABLE_TOOL_SEARCH says.');
  }
  const value = facts.value('ENABLE_TOOL_SEARCH');
  if (value !== null && value !== '') {
    return isSet(facts, 'ENABLE_TOOL_SEARCH')
      ? kept('ENABLE_TOOL_SEARCH is set, so it works behind a gateway as well.')
      : lost('ENABLE_TOOL_SEARCH turns it off: every MCP tool is sent with every request.');
  }
  if (isAtLeast(facts, '2.1.330') === true) return kept('This version has it on behind a gateway, too.');
  if (facts.version !== null && compareVersions(facts.version, '2.1.197') <= 0) {
    return lost('This version turns it off behind a gateway unless ENABLE_TOOL_SEARCH is set.');
  }
  return unknown(
    '2.1.197 has it off behind a gateway, 2.1.330 has it on; ENABLE_TOOL_SEARCH=true settles it.',
  );
}

function judgeAutoMode(facts: FeatureFacts): Verdict {
  if (facts.permissionMode !== null && facts.permissionMode !== 'auto') {
    return kept(
      `Your settings choose the permission mode "${facts.permissionMode}", which needs no check by the provider.`,
    );
  }
  if (isAtLeast(facts, '2.1.278') === false)
    return kept('This version does not leave the check to the provider.');
  if (facts.anthropicUpstream === true)
    return kept('The check is made by Anthropic; Tollgate passes its fields on untouched.');
  if (facts.anthropicUpstream === false) {
    return lost(
      'The check is made by Anthropic, and another provider answers: Claude Code asks about every action instead.',
    );
  }
  return unknown(
    'The check is made by Anthropic; with another provider Claude Code asks about every action instead.',
  );
}

function withLogin(id: string, feature: string, why: string): Feature[] {
  const judge = (facts: FeatureFacts): Verdict =>
    facts.keepsLogin ? kept('The login stays in use.') : facts.hasLogin ? lost(why) : kept(NO_LOGIN);
  return [{ id, feature, since: null, source: DOCUMENTED, judge }];
}
