// Writes a script as OpenAI's Responses API answers: its stream of numbered events, or the response document.
import { textFrame, type Frame, type GenerationContext } from './mock-server.ts';
import { asArray, isObject, type JsonObject } from './refusal.ts';
import { argumentsOf, inPieces, type Script, type ScriptedUsage } from './script.ts';

/** Makes the ids and the sealed reasoning of one answer; the mock remembers them. */
export interface ResponsesMint {
  id(prefix: string): string;
  /** `item` is the reasoning item's id. */
  seal(item: string, account: string): string;
  /** Tells that `item` needs `reasoning` before it when it is sent back. */
  pair(item: string, reasoning: string): void;
  store(item: string): void;
  /** xAI's reasoning items say their status, OpenAI's do not. */
  readonly reasoningHasStatus: boolean;
}

/** One finished output item and the events that tell of it between `added` and `done`. */
interface OutputItem {
  readonly added: JsonObject;
  readonly done: JsonObject;
  /** Events without `output_index` and `sequence_number`. */
  readonly events: readonly JsonObject[];
  readonly kind: 'reasoning' | 'message' | 'call';
}

function reasoningItem(script: Script, context: GenerationContext, mint: ResponsesMint): OutputItem | null {
  if (script.thinking === undefined) return null;
  const id = mint.id('rs');
  const sealed = asArray(context.body['include']).includes('reasoning.encrypted_content');
  const asked = isObject(context.body['reasoning']) ? context.body['reasoning'] : {};
  const shown = asked['summary'] === undefined || asked['summary'] === null ? '' : script.thinking;
  const summary = shown === '' ? [] : [{ type: 'summary_text', text: shown }];
  const encrypted = sealed ? { encrypted_content: mint.seal(id, context.account) } : {};
  const place = { item_id: id, summary_index: 0 };
  const events: JsonObject[] = [];
  if (shown !== '') {
    const part = { type: 'summary_text', text: '' };
    events.push({ type: 'response.reasoning_summary_part.added', ...place, part });
    for (const delta of inPieces(shown, script.pieces ?? 8)) {
      events.push({ type: 'response.reasoning_summary_text.delta', ...place, delta });
    }
    events.push({ type: 'response.reasoning_summary_text.done', ...place, text: shown });
    events.push({ type: 'response.reasoning_summary_part.done', ...place, part: { ...part, text: shown } });
  }
  const item = (status: string, parts: readonly JsonObject[]): JsonObject => ({
    id,
    type: 'reasoning',
    summary: parts,
    ...encrypted,
    ...(mint.reasoningHasStatus ? { status } : {}),
  });
  return { kind: 'reasoning', added: item('in_progress', []), done: item('completed', summary), events };
}

function messageItem(script: Script, mint: ResponsesMint, status: string): OutputItem | null {
  if (script.text === undefined) return null;
  const id = mint.id('msg');
  const refused = script.finish === 'refusal';
  const word = refused ? 'refusal' : 'output_text';
  const part = (text: string): JsonObject =>
    refused
      ? { type: 'refusal', refusal: text }
      : { type: 'output_text', annotations: [], logprobs: [], text };
  const place = { item_id: id, content_index: 0 };
  const events: JsonObject[] = [{ type: 'response.content_part.added', ...place, part: part('') }];
  for (const delta of inPieces(script.text, script.pieces ?? 8)) {
    events.push({ type: `response.${word}.delta`, ...place, delta, ...(refused ? {} : { logprobs: [] }) });
  }
  const whole = refused ? { refusal: script.text } : { text: script.text, logprobs: [] };
  events.push({ type: `response.${word}.done`, ...place, ...whole });
  events.push({ type: 'response.content_part.done', ...place, part: part(script.text) });
  const item = (text: JsonObject[], state: string): JsonObject => ({
    id,
    type: 'message',
    status: state,
    content: text,
    role: 'assistant',
  });
  return { kind: 'message', added: item([], 'in_progress'), done: item([part(script.text)], status), events };
}

function callItems(script: Script, mint: ResponsesMint, status: string): OutputItem[] {
  return (script.calls ?? []).map((call) => {
    const id = mint.id('fc');
    const callId = call.id ?? mint.id('call');
    const text = argumentsOf(call);
    const item = (state: string, value: string): JsonObject => ({
      id,
      type: 'function_call',
      status: state,
      arguments: value,
      call_id: callId,
      name: call.name,
    });
    return {
      kind: 'call',
      added: item('in_progress', ''),
      done: item(status, text),
      events: [
        ...inPieces(text, script.pieces ?? 8).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          item_id: id,
          delta,
        })),
        { type: 'response.function_call_arguments.done', item_id: id, arguments: text },
      ],
    };
  });
}

function outputItems(script: Script, context: GenerationContext, mint: ResponsesMint): OutputItem[] {
  const cut = script.finish === 'length' ? 'incomplete' : 'completed';
  const reasoning = reasoningItem(script, context, mint);
  const items = [
    ...(reasoning === null ? [] : [reasoning]),
    ...[messageItem(script, mint, cut)].filter((item) => item !== null),
    ...callItems(script, mint, cut),
  ];
  const stored = context.body['store'] !== false;
  let last: string | null = null;
  for (const { done, kind } of items) {
    const id = String(done['id']);
    if (stored) mint.store(id);
    if (kind === 'reasoning') last = id;
    else if (last !== null) {
      mint.pair(id, last);
      last = null;
    }
  }
  return items;
}

function usageObject(usage: ScriptedUsage): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

function responseObject(
  context: GenerationContext,
  id: string,
  status: string,
  output: readonly JsonObject[],
  more: JsonObject,
): JsonObject {
  const { body } = context;
  return {
    id,
    object: 'response',
    created_at: 1_790_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    model: context.model,
    output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: body['reasoning'] ?? { effort: null, summary: null },
    service_tier: 'default',
    store: body['store'] ?? true,
    text: body['text'] ?? { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    truncation: 'disabled',
    usage: null,
    metadata: {},
    ...more,
  };
}

/** Status and details of the finished response. */
function outcome(script: Script): { event: string; status: string; more: JsonObject } {
  switch (script.finish) {
    case 'length':
      return {
        event: 'response.incomplete',
        status: 'incomplete',
        more: { incomplete_details: { reason: 'max_output_tokens' } },
      };
    case 'filter':
      return {
        event: 'response.incomplete',
        status: 'incomplete',
        more: { incomplete_details: { reason: 'content_filter' } },
      };
    case 'error':
      return {
        event: 'response.failed',
        status: 'failed',
        more: { error: { code: 'server_error', message: 'The model failed to generate a response.' } },
      };
    default:
      return { event: 'response.completed', status: 'completed', more: {} };
  }
}

/** Items in their own order; parallel calls take turns unless the script says otherwise. */
function itemEvents(
  items: readonly OutputItem[],
  interleave: boolean,
): { event: JsonObject; content: boolean }[] {
  const written: { event: JsonObject; content: boolean }[] = [];
  const added = (item: OutputItem, at: number): void => {
    written.push({
      event: { type: 'response.output_item.added', output_index: at, item: item.added },
      content: true,
    });
  };
  const done = (item: OutputItem, at: number): void => {
    written.push({
      event: { type: 'response.output_item.done', output_index: at, item: item.done },
      content: true,
    });
  };
  const middle = (event: JsonObject, at: number): void => {
    written.push({ event: { ...event, output_index: at }, content: true });
  };
  const firstCall = items.findIndex(({ kind }) => kind === 'call');
  const together = interleave && firstCall >= 0 ? firstCall : items.length;
  items.slice(0, together).forEach((item, at) => {
    added(item, at);
    for (const event of item.events) middle(event, at);
    done(item, at);
  });
  const calls = items.slice(together);
  calls.forEach((item, at) => added(item, together + at));
  const longest = Math.max(0, ...calls.map(({ events }) => events.length));
  for (let step = 0; step < longest; step += 1) {
    calls.forEach((item, at) => {
      const event = item.events[step];
      if (event !== undefined) middle(event, together + at);
    });
  }
  calls.forEach((item, at) => done(item, together + at));
  return written;
}

export function responsesFrame(event: JsonObject, role: Frame['role']): Frame {
  return textFrame(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`, role);
}

export function streamResponse(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  mint: ResponsesMint,
): readonly Frame[] {
  const id = mint.id('resp');
  let sequence = 0;
  const frame = (event: JsonObject, role: Frame['role']): Frame =>
    responsesFrame({ ...event, sequence_number: sequence++ }, role);
  const begun = responseObject(context, id, 'in_progress', [], {});
  const frames = [
    frame({ type: 'response.created', response: begun }, 'frame'),
    frame({ type: 'response.in_progress', response: begun }, 'frame'),
  ];
  const items = outputItems(script, context, mint);
  for (const { event, content } of itemEvents(items, script.interleave ?? true)) {
    frames.push(frame(event, content ? 'content' : 'frame'));
  }
  const { event, status, more } = outcome(script);
  const counted = script.usage === null ? {} : { usage: usageObject(usage) };
  const whole = responseObject(
    context,
    id,
    status,
    items.map(({ done }) => done),
    { ...more, ...counted },
  );
  frames.push(frame({ type: event, response: whole }, 'end'));
  return frames;
}

export function responseDocument(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  mint: ResponsesMint,
): unknown {
  const items = outputItems(script, context, mint);
  const { status, more } = outcome(script);
  const counted = script.usage === null ? {} : { usage: usageObject(usage) };
  return responseObject(
    context,
    mint.id('resp'),
    status,
    items.map(({ done }) => done),
    { ...more, ...counted },
  );
}
