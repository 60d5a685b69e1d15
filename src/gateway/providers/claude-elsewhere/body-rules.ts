// What a place wants of a Messages body besides the client's own bytes, as data: its version mark, its betas, and what is
// taken out or refused before it is sent.
import type { BetaRules } from './betas.ts';

/** Tools that the vendor runs itself, found by the beginning of their type. */
export interface ServerToolRules {
  /** A request that wants one of these is refused; nothing else answers it as asked (T143). */
  readonly refused: readonly string[];
  /** Newer type → the one the place has (T152). */
  readonly renamed: Readonly<Record<string, string>>;
  /** Left out beside another one of which it is a part (T152): type → the other's type. */
  readonly leftOutBeside: Readonly<Record<string, string>>;
}

export interface BodyRules {
  /** How it is called in a sentence. */
  readonly placeName: string;
  readonly betas: BetaRules;
  /** Where the betas go: the header they came in, or the field `anthropic_beta`. */
  readonly betaPlace: 'header' | 'body';
  /** Value of `anthropic_version` in the body; null leaves it to the header. */
  readonly version: string | null;
  /** The model's name is in the path. */
  readonly withoutModel: boolean;
  /** Streaming is said by the path. */
  readonly withoutStream: boolean;
  /** Features that it never has, whether the request names their beta or not; `all`: but those of `betas.known`. */
  readonly withoutFeatures: readonly string[] | 'all';
  /** Takes out the leading block of `system` that only Anthropic's own API reads (P8). */
  readonly withoutBillingBlock: boolean;
  /** Thinking that sets its own budget is sent as thinking with a fixed one (P12). */
  readonly withoutAdaptiveThinking: boolean;
  readonly serverTools: ServerToolRules;
}

export const noServerToolRules: ServerToolRules = { refused: [], renamed: {}, leftOutBeside: {} };

/** For places that are Anthropic's own API at another address: everything goes through as it is. */
export const untouched: BodyRules = {
  placeName: 'This provider',
  betas: { known: [], refused: [], silent: [], renamed: {}, unknown: 'send' },
  betaPlace: 'header',
  version: null,
  withoutModel: false,
  withoutStream: false,
  withoutFeatures: [],
  withoutBillingBlock: false,
  withoutAdaptiveThinking: false,
  serverTools: noServerToolRules,
};

/** For endpoints that speak the Messages API for models of their own: nothing that only Claude knows. */
export const foreignModels: BodyRules = {
  ...untouched,
  betas: { known: [], refused: [], silent: [], renamed: {}, unknown: 'keep-back' },
  withoutFeatures: 'all',
  withoutBillingBlock: true,
  withoutAdaptiveThinking: true,
};
