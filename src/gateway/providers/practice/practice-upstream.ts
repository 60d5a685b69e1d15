// Speaks the composed reply as the Messages API would: an SSE stream in small steps, or one JSON message. Also answers
// token counts and the model list, so that everything works on an empty machine.
import type { ByteParts } from '../../lib/byte-parts.ts';
import type {
  Upstream,
  UpstreamCall,
  UpstreamContext,
  UpstreamListener,
  UpstreamRequest,
} from '../provider.ts';
import { composeReply } from './compose-reply.ts';
import type { PracticeReply } from './compose-reply.ts';

/** Pace of a quick model: slow enough to watch, fast enough not to wait for. */
const STEP_MS = 30;
const FIRST_STEP_MS = 250;
/** A larger body is not parsed, so that practice never stalls other streams. */
const LARGEST_PARSED_BODY = 1024 * 1024;

const models = [
  ['claude-opus-5-5', 'Practice, as Opus 5.5'],
  ['claude-sonnet-5-5', 'Practice, as Sonnet 5.5'],
  ['claude-haiku-5-5', 'Practice, as Haiku 5.5'],
] as const;

export function createPracticeUpstream(context: UpstreamContext): Upstream {
  const running = new Set<PracticeCall>();
  return {
    send(request, listener) {
      const call = new PracticeCall(planAnswer(request, context), listener, () => running.delete(call));
      running.add(call);
      call.start();
      return call;
    },
    // Nothing is held open: calls end by themselves.
    retire: () => {},
    async destroy() {
      for (const call of [...running]) call.abort();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** What is sent, step by step. */
  readonly steps: readonly string[];
}

function planAnswer(request: UpstreamRequest, context: UpstreamContext): Answer {
  const path = request.path.split('?', 1)[0];
  if (path === '/v1/models')
    return json({
      data: models.map(listModel),
      has_more: false,
      first_id: models[0][0],
      last_id: models[2][0],
    });
  const bytes = request.body?.length ?? 0;
  const reply = composeReply(parseBody(request.body), bytes);
  if (path === '/v1/messages/count_tokens') {
    const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = reply.usage;
    return json({ input_tokens: input_tokens + cache_creation_input_tokens + cache_read_input_tokens });
  }
  const id = `msg_practice_${context.randomBytes(9).toString('hex')}`;
  const toolId = `toolu_practice_${context.randomBytes(9).toString('hex')}`;
  if (reply.stream)
    return {
      status: 200,
      contentType: 'text/event-stream; charset=utf-8',
      steps: streamSteps(reply, id, toolId),
    };
  return json({
    ...envelope(reply, id),
    content: contentOf(reply, toolId),
    stop_reason: stopReason(reply),
    usage: reply.usage,
  });
}

const listModel = ([id, name]: readonly [string, string]): object => ({
  type: 'model',
  id,
  display_name: name,
  created_at: '2026-11-01T00:00:00Z',
});
const json = (value: unknown): Answer => ({
  status: 200,
  contentType: 'application/json',
  steps: [JSON.stringify(value)],
});
const stopReason = (reply: PracticeReply): string => (reply.toolCall === null ? 'end_turn' : 'tool_use');

function parseBody(body: ByteParts | null): unknown {
  if (body === null || body.length > LARGEST_PARSED_BODY) return null;
  try {
    return JSON.parse(body.whole().toString('utf8'));
  } catch {
    return null;
  }
}

function envelope(reply: PracticeReply, id: string): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function contentOf(reply: PracticeReply, toolId: string): object[] {
  const text = { type: 'text', text: reply.text };
  return reply.toolCall === null ? [text] : [text, { type: 'tool_use', id: toolId, ...reply.toolCall }];
}

function streamSteps(reply: PracticeReply, id: string, toolId: string): string[] {
  const steps = [
    event('message_start', {
      message: { ...envelope(reply, id), usage: { ...reply.usage, output_tokens: 1 } },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) + event('ping', {}),
  ];
  for (const piece of reply.text.match(/\S+\s*/g) ?? []) {
    steps.push(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }));
  }
  steps.push(event('content_block_stop', { index: 0 }));
  if (reply.toolCall !== null) {
    const { name, input } = reply.toolCall;
    steps.push(
      event('content_block_start', {
        index: 1,
        content_block: { type: 'tool_use', id: toolId, name, input: {} },
      }),
      event('content_block_delta', {
        index: 1,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
      }),
      event('content_block_stop', { index: 1 }),
    );
  }
  steps.push(
    event('message_delta', {
      delta: { stop_reason: stopReason(reply), stop_sequence: null },
      usage: reply.usage,
    }) + event('message_stop', {}),
  );
  return steps;
}

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** One answer on its way; honours pause, resume and abort like a network call. */
class PracticeCall implements UpstreamCall {
  readonly #answer: Answer;
  readonly #listener: UpstreamListener;
  readonly #onEnd: () => void;
  #next = 0;
  #timer: NodeJS.Timeout | null = null;
  #paused = false;

  constructor(answer: Answer, listener: UpstreamListener, onEnd: () => void) {
    this.#answer = answer;
    this.#listener = listener;
    this.#onEnd = onEnd;
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        const { status, contentType } = this.#answer;
        this.#listener.onStart(status, ['content-type', contentType, 'x-tollgate-practice', 'true']);
        this.#step();
      },
      this.#answer.steps.length > 1 ? FIRST_STEP_MS : STEP_MS,
    );
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#timer === null) this.#schedule();
  }

  abort(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#next = Infinity;
    this.#onEnd();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#step(), STEP_MS);
  }

  #step(): void {
    this.#timer = null;
    if (this.#paused) return;
    const step = this.#answer.steps[this.#next];
    if (step === undefined) {
      if (this.#next === Infinity) return;
      this.#next = Infinity;
      this.#onEnd();
      this.#listener.onEnd();
      return;
    }
    this.#next++;
    this.#listener.onData(Buffer.from(step));
    if (this.#next !== Infinity) this.#schedule();
  }
}
