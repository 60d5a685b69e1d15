// Makes of the client's Messages body the one a place takes: marks put in, fields taken out, and every byte that need not
// change left as it was, thinking blocks above all (T80). Pure.
import type { ByteParts } from '../../lib/byte-parts.ts';
import { bareBeta, sortBetas } from './betas.ts';
import type { BodyRules } from './body-rules.ts';
import { features } from './features.ts';
import type { Feature } from './features.ts';
import { JsonEdits, JsonText } from './json-text.ts';
import type { Member, Range } from './json-text.ts';
import { shapeMessages, stripCacheControl } from './shape-messages.ts';
import { shapeTools } from './shape-tools.ts';

/** What a place has refused before, for one model. */
export interface Denied {
  /** Betas without their dates. */
  readonly betas: ReadonlySet<string>;
  /** Names of features. */
  readonly features: ReadonlySet<string>;
}

export const nothingDenied: Denied = { betas: new Set(), features: new Set() };

export interface ShapeQuestion {
  readonly rules: BodyRules;
  /** Those of the request's headers. */
  readonly betas: readonly string[];
  readonly denied: Denied;
  /** The name that goes upstream instead of the one in the body. */
  rename(model: string): string;
}

export type ShapeAnswer =
  | {
      readonly kind: 'shaped';
      readonly body: ByteParts;
      /** As it stood in the body; empty when there was none. */
      readonly model: string;
      readonly stream: boolean;
      readonly betas: readonly string[];
      /** Names of features of which something was taken out. */
      readonly dropped: readonly string[];
    }
  | { readonly kind: 'refused'; readonly sentence: string };

/** The features that are left out, and those of them that were found in the request. */
export class LeftOut {
  readonly all: readonly Feature[];
  readonly found = new Set<string>();

  constructor(all: readonly Feature[]) {
    this.all = all;
  }

  /** Names of the fields to take out at one kind of place: name → its feature. */
  fields(kind: 'top' | 'outputConfig' | 'message' | 'tool' | 'cacheControl'): ReadonlyMap<string, Feature> {
    return new Map(this.all.flatMap((feature) => (feature[kind] ?? []).map((field) => [field, feature])));
  }

  note(feature: Feature | undefined): void {
    if (feature !== undefined) this.found.add(feature.name);
  }
}

/** Throws JsonTextError when the body is not JSON. */
export function shapeBody(body: ByteParts, question: ShapeQuestion): ShapeAnswer {
  const json = new JsonText(body.whole());
  const root = json.root();
  if (!json.isObject(root)) return { kind: 'refused', sentence: 'The request body is not a JSON object.' };
  return new BodyShaper(json, root, question).shape();
}

class BodyShaper {
  readonly #json: JsonText;
  readonly #root: Range;
  readonly #members: readonly Member[];
  readonly #question: ShapeQuestion;
  readonly #edits = new JsonEdits();
  readonly #doomed = new Set<string>();
  readonly #sentBetas: readonly string[];
  readonly #leftOut: LeftOut;

  constructor(json: JsonText, root: Range, question: ShapeQuestion) {
    this.#json = json;
    this.#root = root;
    this.#question = question;
    this.#members = json.members(root);
    const { rules, denied } = question;
    const sorted = sortBetas(
      [...new Set([...question.betas, ...this.#bodyBetas()])],
      rules.betas,
      denied.betas,
    );
    this.#sentBetas = sorted.sent;
    const sent = new Set(sorted.sent.map(bareBeta));
    this.#leftOut = new LeftOut(
      features.filter((feature) => {
        if (denied.features.has(feature.name)) return true;
        if (feature.betas.some((beta) => sent.has(beta))) return false;
        if (feature.betas.some((beta) => sorted.dropped.has(beta))) return true;
        if (rules.withoutFeatures !== 'all') return rules.withoutFeatures.includes(feature.name);
        return !feature.betas.some((beta) => rules.betas.known.includes(beta));
      }),
    );
  }

  shape(): ShapeAnswer {
    const { rules } = this.#question;
    const modelMember = this.#find('model');
    const model = modelMember === null ? '' : (this.#json.string(modelMember) ?? '');
    const stream = this.#find('stream');
    this.#doomFields();
    const refusal = this.#shapeTools();
    if (refusal !== null) return { kind: 'refused', sentence: refusal };
    this.#shapeOutputConfig();
    this.#shapeThinking();
    this.#shapeSystem();
    const messages = this.#find('messages');
    if (messages !== null) shapeMessages(this.#json, messages, this.#leftOut, this.#edits);
    if (modelMember !== null && !rules.withoutModel) {
      const name = this.#question.rename(model);
      if (name !== model) this.#edits.replace(modelMember, JSON.stringify(name));
    }
    this.#edits.remove(this.#members, ({ name }) => this.#doomed.has(name));
    this.#insertMarks();
    return {
      kind: 'shaped',
      body: this.#edits.apply(this.#json.bytes),
      model,
      stream: stream !== null && this.#json.slice(stream).toString('latin1') === 'true',
      betas: this.#sentBetas,
      dropped: [...this.#leftOut.found],
    };
  }

  #find(name: string): Member | null {
    return this.#members.findLast((member) => member.name === name) ?? null;
  }

  /** Clients made for a cloud write their betas into the body. */
  #bodyBetas(): string[] {
    const member = this.#question.rules.betaPlace === 'body' ? this.#find('anthropic_beta') : null;
    if (member === null) return [];
    return this.#json.items(member).flatMap((item) => this.#json.string(item) ?? []);
  }

  #doomFields(): void {
    const { rules } = this.#question;
    if (rules.withoutModel) this.#doomed.add('model');
    if (rules.withoutStream) this.#doomed.add('stream');
    if (rules.version !== null) this.#doomed.add('anthropic_version');
    if (rules.betaPlace === 'body') this.#doomed.add('anthropic_beta');
    const doomed = this.#leftOut.fields('top');
    for (const { name } of this.#members) {
      const feature = doomed.get(name);
      if (feature === undefined) continue;
      this.#doomed.add(name);
      this.#leftOut.note(feature);
    }
  }

  #insertMarks(): void {
    const { version, betaPlace } = this.#question.rules;
    const marks: string[] = [];
    if (version !== null) marks.push(`"anthropic_version":${JSON.stringify(version)}`);
    if (betaPlace === 'body' && this.#sentBetas.length > 0)
      marks.push(`"anthropic_beta":${JSON.stringify(this.#sentBetas)}`);
    if (marks.length === 0) return;
    const kept = this.#members.some(({ name }) => !this.#doomed.has(name));
    this.#edits.insertFirst(this.#root, marks.join(','), kept);
  }

  /** A sentence when the request wants a tool that the place does not run. */
  #shapeTools(): string | null {
    const tools = this.#find('tools');
    if (tools === null) return null;
    const result = shapeTools(this.#json, tools, this.#question.rules, this.#leftOut, this.#edits);
    if (result.emptied) this.#doomed.add('tools').add('tool_choice');
    return result.refusal;
  }

  #shapeOutputConfig(): void {
    const config = this.#find('output_config');
    const doomed = this.#leftOut.fields('outputConfig');
    if (config === null || doomed.size === 0) return;
    const fields = this.#json.members(config);
    const gone = fields.filter(({ name }) => doomed.has(name));
    for (const { name } of gone) this.#leftOut.note(doomed.get(name));
    if (gone.length > 0 && gone.length === fields.length) this.#doomed.add('output_config');
    else this.#edits.remove(fields, ({ name }) => doomed.has(name));
  }

  #shapeThinking(): void {
    const thinking = this.#find('thinking');
    if (thinking === null) return;
    const fields = this.#json.members(thinking);
    const type = fields.findLast(({ name }) => name === 'type');
    const isAdaptive = type !== undefined && this.#json.string(type) === 'adaptive';
    if (isAdaptive && this.#question.rules.withoutAdaptiveThinking) {
      const budget = this.#thinkingBudget();
      if (budget === null) this.#doomed.add('thinking');
      else this.#edits.replace(thinking, `{"type":"enabled","budget_tokens":${budget}}`);
      return;
    }
    const display = fields.findLast(({ name }) => name === 'display');
    if (display === undefined) return;
    const value = this.#json.string(display);
    const feature = this.#leftOut.all.find((one) => one.display === 'any' || one.display === value);
    if (feature === undefined) return;
    this.#leftOut.note(feature);
    this.#edits.remove(fields, ({ name }) => name === 'display');
  }

  /** What Claude Code gives a model that takes a fixed budget, within the request's own limit; null when that is too small. */
  #thinkingBudget(): number | null {
    const limit = this.#find('max_tokens');
    const most = limit === null ? 0 : Number(this.#json.slice(limit).toString('latin1'));
    return most > LEAST_THINKING_BUDGET ? Math.min(USUAL_THINKING_BUDGET, most - 1) : null;
  }

  #shapeSystem(): void {
    const system = this.#find('system');
    if (system === null) return;
    const blocks = this.#json.items(system);
    for (const block of blocks) stripCacheControl(this.#json, block, this.#leftOut, this.#edits);
    const first = blocks[0];
    if (!this.#question.rules.withoutBillingBlock || first === undefined) return;
    const text = this.#json.member(first, 'text');
    if (text === null || !(this.#json.string(text) ?? '').startsWith(BILLING_HEADER)) return;
    if (blocks.length === 1) this.#doomed.add('system');
    else this.#edits.remove(blocks, (block) => block === first);
  }
}

const BILLING_HEADER = 'x-anthropic-billing-header:';
const LEAST_THINKING_BUDGET = 1024;
const USUAL_THINKING_BUDGET = 31_999;
