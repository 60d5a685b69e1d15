// Writes a script as a Chat Completions server answers: role chunk, deltas, finish chunk, usage where the server puts
// it, `[DONE]`.
import { textFrame, type Frame, type GenerationContext } from './mock-server.ts';
import type { ChatProfile } from './openai-chat-profile.ts';
import { isObject, type JsonObject } from './refusal.ts';
import { argumentsOf, inPieces, type Script, type ScriptedUsage } from './script.ts';

/** Numbers ids; one per mock. */
export interface ChatMint {
  next(): number;
}

function usageObject(usage: ScriptedUsage, profile: ChatProfile): JsonObject {
  const totals = {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
  };
  if (profile.name === 'deepseek') {
    return {
      ...totals,
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
      prompt_cache_hit_tokens: usage.cacheRead,
      prompt_cache_miss_tokens: usage.input - usage.cacheRead,
    };
  }
  if (profile.name === 'mistral' || profile.name === 'ollama') return totals;
  if (profile.name === 'moonshot') return { ...totals, cached_tokens: usage.cacheRead };
  return {
    ...totals,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(profile.name === 'openrouter' ? { cost: 0.0001 } : {}),
  };
}

function finishReason(script: Script, profile: ChatProfile): string {
  switch (script.finish) {
    case 'length':
      return 'length';
    case 'filter':
      return profile.name === 'zai' ? 'sensitive' : 'content_filter';
    case 'refusal':
      return 'stop';
    case 'error':
      return profile.name === 'deepseek' ? 'insufficient_system_resource' : 'error';
    default:
      return (script.calls ?? []).length > 0 ? profile.finishWithCalls : 'stop';
  }
}

/** Deltas of thinking in the profile's own field. */
function thinkingDelta(text: string, profile: ChatProfile): JsonObject | null {
  switch (profile.thinkingField) {
    case 'hidden':
      return null;
    case 'reasoning_content':
      return { reasoning_content: text };
    case 'reasoning':
      return { reasoning: text };
    case 'reasoning_details':
      return {
        content: '',
        reasoning: text,
        reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
      };
    case 'parts':
      return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] };
  }
}

interface WrittenCall {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

function writtenCalls(script: Script, profile: ChatProfile, mint: ChatMint): WrittenCall[] {
  return (script.calls ?? []).map((call, at) => ({
    id: call.id ?? profile.toolIds.make(mint.next(), call.name, at),
    name: call.name,
    text: argumentsOf(call),
  }));
}

function callDeltas(script: Script, profile: ChatProfile, mint: ChatMint): JsonObject[] {
  const calls = writtenCalls(script, profile, mint);
  const index = (at: number): JsonObject =>
    profile.callIndex === 'absent' ? {} : { index: profile.callIndex === 'zero' ? 0 : at };
  const opening = ({ id, name }: WrittenCall, at: number, text: string): JsonObject => ({
    ...index(at),
    id,
    type: 'function',
    function: { name, arguments: text },
  });
  if (profile.wholeCalls) {
    if (profile.callIndex === 'counted' && profile.name !== 'zai') {
      return calls.length === 0
        ? []
        : [{ tool_calls: calls.map((call, at) => opening(call, at, call.text)) }];
    }
    return calls.map((call, at) => ({ tool_calls: [opening(call, at, call.text)] }));
  }
  const pieces = calls.map(({ text }) => inPieces(text, script.pieces ?? 8));
  const piece = (at: number, text: string): JsonObject => ({
    tool_calls: [{ ...index(at), function: { arguments: text } }],
  });
  if (script.interleave === false) {
    return calls.flatMap((call, at) => [
      { tool_calls: [opening(call, at, '')] },
      ...(pieces[at] ?? []).map((text) => piece(at, text)),
    ]);
  }
  const longest = Math.max(0, ...pieces.map(({ length }) => length));
  const rounds = Array.from({ length: longest }, (_, step) =>
    pieces.flatMap((own, at) => {
      const text = own[step];
      return text === undefined ? [] : [piece(at, text)];
    }),
  );
  return [...calls.map((call, at) => ({ tool_calls: [opening(call, at, '')] })), ...rounds.flat()];
}

function chunkMaker(context: GenerationContext, profile: ChatProfile, id: string) {
  return (delta: JsonObject, finish: string | null = null, more: JsonObject = {}): JsonObject => ({
    id,
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: context.model,
    ...(profile.name === 'openrouter' ? { provider: 'Mock' } : { system_fingerprint: 'fp_mock' }),
    choices: [
      {
        index: 0,
        delta,
        ...(profile.name === 'openai' ? { logprobs: null } : {}),
        finish_reason: finish,
        ...(profile.name === 'openrouter' ? { native_finish_reason: finish } : {}),
      },
    ],
    ...more,
  });
}

export function chatFrame(chunk: JsonObject, role: Frame['role']): Frame {
  return textFrame(`data: ${JSON.stringify(chunk)}\n\n`, role);
}

function preludeFrames(profile: ChatProfile, context: GenerationContext): Frame[] {
  if (profile.prelude === 'openrouter') {
    return [textFrame(': OPENROUTER PROCESSING\n\n'), textFrame(': OPENROUTER PROCESSING\n\n')];
  }
  if (profile.prelude === 'azure') {
    const safe = { filtered: false, severity: 'safe' };
    const results = { hate: safe, self_harm: safe, sexual: safe, violence: safe };
    return [
      chatFrame(
        {
          choices: [],
          created: 0,
          id: '',
          model: '',
          object: '',
          prompt_filter_results: [{ prompt_index: 0, content_filter_results: results }],
        },
        'frame',
      ),
      chatFrame({ choices: [], created: 0, id: '', model: context.model, object: '' }, 'frame'),
    ];
  }
  return [];
}

function endFrames(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  profile: ChatProfile,
  id: string,
): Frame[] {
  const chunk = chunkMaker(context, profile, id);
  const counted = script.usage === null ? null : usageObject(usage, profile);
  const finish = finishReason(script, profile);
  const options = context.body['stream_options'];
  const asked = isObject(options) && options['include_usage'] === true;
  const frames: Frame[] = [];
  const broken = script.finish === 'error' && profile.name === 'openrouter';
  const error = broken ? { error: { code: 502, message: 'Provider disconnected unexpectedly' } } : {};
  const last = chunk(profile.name === 'openrouter' ? { role: 'assistant', content: '' } : {}, finish, error);
  if (counted !== null && profile.usage === 'last-chunk') Object.assign(last, { usage: counted });
  if (counted !== null && profile.usage === 'groq') Object.assign(last, { x_groq: { id, usage: counted } });
  const choices = last['choices'] as JsonObject[];
  if (counted !== null && profile.usage === 'choice') Object.assign(choices[0] ?? {}, { usage: counted });
  frames.push(chatFrame(last, 'end'));
  const apart =
    profile.usage === 'own-chunk' || ((profile.usage === 'asked' || profile.usage === 'choice') && asked);
  if (counted !== null && apart) {
    frames.push(chatFrame({ ...chunk({}), choices: [], usage: counted }, 'end'));
  }
  return [...frames, textFrame('data: [DONE]\n\n', 'end')];
}

export function streamChat(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  profile: ChatProfile,
  mint: ChatMint,
): readonly Frame[] {
  const id = `chatcmpl-${mint.next().toString(16).padStart(8, '0')}`;
  const chunk = chunkMaker(context, profile, id);
  const length = script.pieces ?? 8;
  const deltas: JsonObject[] = [];
  for (const text of inPieces(script.thinking ?? '', length)) {
    const delta = thinkingDelta(text, profile);
    if (delta !== null) deltas.push(delta);
  }
  for (const text of inPieces(script.text ?? '', length)) {
    deltas.push(
      script.finish === 'refusal' && profile.name === 'openai' ? { refusal: text } : { content: text },
    );
  }
  deltas.push(...callDeltas(script, profile, mint));
  return [
    ...preludeFrames(profile, context),
    chatFrame(
      chunk({ role: 'assistant', content: '', ...(profile.name === 'openai' ? { refusal: null } : {}) }),
      'frame',
    ),
    ...deltas.map((delta) => chatFrame(chunk(delta), 'content')),
    ...endFrames(script, usage, context, profile, id),
  ];
}

export function chatDocument(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  profile: ChatProfile,
  mint: ChatMint,
): unknown {
  const id = `chatcmpl-${mint.next().toString(16).padStart(8, '0')}`;
  const calls = writtenCalls(script, profile, mint);
  const thinking = script.thinking === undefined ? {} : (thinkingDelta(script.thinking, profile) ?? {});
  const parts = Array.isArray(thinking['content']) ? (thinking['content'] as JsonObject[]) : [];
  const text = script.text ?? null;
  const refused = script.finish === 'refusal' && profile.name === 'openai';
  const message = {
    role: 'assistant',
    ...thinking,
    content:
      parts.length > 0
        ? [...parts, ...(text === null ? [] : [{ type: 'text', text }])]
        : refused
          ? null
          : text,
    ...(refused ? { refusal: text } : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id: call, name, text: input }, at) => ({
            index: at,
            id: call,
            type: 'function',
            function: { name, arguments: input },
          })),
        }
      : {}),
  };
  return {
    id,
    object: 'chat.completion',
    created: 1_790_000_000,
    model: context.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(script, profile) }],
    ...(script.usage === null ? {} : { usage: usageObject(usage, profile) }),
  };
}
