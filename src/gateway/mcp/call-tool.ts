// One tool call from the rule that holds for it to its record: refused, held for the user, or passed to its server and
// answered word for word (R18, R24-R28).
import type { McpCallOutcome } from '../../contract/mcp.ts';
import type { CallRecorder } from './call-record.ts';
import type { ToolTarget } from './catalogue/catalogue.ts';
import type { FeatureRequest, Outcome } from './features.ts';
import { progressTokenText, toolUseIdOf } from './relay-params.ts';
import type { PendingAsks } from './rules/pending-asks.ts';
import type { AskResult } from './rules/pending-asks.ts';
import { ConnectFailure } from './upstream/connect-server.ts';
import { RequestLost } from './upstream/rpc-line.ts';
import { memberText } from './wire/json-text.ts';
import { notificationText } from './wire/message.ts';
import type { Relay } from './relay.ts';

export interface CallParts {
  readonly relay: Relay;
  readonly asks: PendingAsks;
  readonly recorder: CallRecorder;
  readonly newId: () => string;
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly clock: () => number;
}

/** How a call ended, for its record. */
interface Ending {
  readonly outcome: Outcome;
  readonly kind: McpCallOutcome;
  readonly reason: string | null;
}

const HOLD_PROGRESS_MS = 10_000;

/** `asUser`: the user calls it himself, which answers any question. */
export async function callTool(
  parts: CallParts,
  target: ToolTarget,
  request: FeatureRequest,
  asUser = false,
): Promise<Outcome> {
  const startedAt = parts.now();
  const from = parts.clock();
  const argumentsText = memberText(request.paramsText, 'arguments') ?? '{}';
  request.reply.expectDelay();
  const ending = await runCall(parts, target, request, argumentsText, asUser);
  const said = 'resultText' in ending.outcome ? ending.outcome.resultText : ending.outcome.errorText;
  parts.recorder.add({
    id: parts.newId(),
    startedAt,
    durationMs: parts.clock() - from,
    client: request.caller.client,
    session: request.caller.session,
    server: target.server.name,
    tool: target.name,
    toolUseId: toolUseIdOf(request.params),
    outcome: ending.kind,
    reason: ending.reason,
    argumentBytes: Buffer.byteLength(argumentsText),
    resultBytes: Buffer.byteLength(said),
  });
  return ending.outcome;
}

async function runCall(
  parts: CallParts,
  target: ToolTarget,
  request: FeatureRequest,
  argumentsText: string,
  asUser: boolean,
): Promise<Ending> {
  if (target.rule === 'deny')
    return refused('A rule in Tollgate does not allow this tool. Go on without it.', 'a rule denies it');
  if (target.rule === 'ask' && !asUser) {
    const result = await holdForUser(parts, target, request, argumentsText);
    if (result === 'gone') return gone();
    if (result !== 'allowed') return refused(refusalSentence[result], `asked: ${result}`);
  }
  try {
    const answer = await parts.relay.toServer(target, request);
    if (answer.kind === 'error') return { outcome: { errorText: answer.text }, kind: 'error', reason: null };
    const isError = memberText(answer.text, 'isError') === 'true';
    return { outcome: { resultText: answer.text }, kind: isError ? 'tool-error' : 'completed', reason: null };
  } catch (error) {
    return failed(target, error);
  }
}

const refusalSentence: Readonly<Record<Exclude<AskResult, 'allowed' | 'gone'>, string>> = {
  refused: 'The user did not allow this call. Go on without it, or ask the user what to do instead.',
  expired:
    'The user was asked in Tollgate and did not answer in time, so the call was not made. Go on without it.',
  'too-many': 'Too many calls wait for the user in Tollgate, so this one was not made. Try again later.',
};

/** Waits for the user; the client sees progress meanwhile, if it wants any. */
async function holdForUser(
  parts: CallParts,
  target: ToolTarget,
  request: FeatureRequest,
  argumentsText: string,
): Promise<AskResult> {
  const token = progressTokenText(request.params, request.paramsText);
  let beat = 0;
  const tellProgress = (): void => {
    if (token === null) return;
    // Small steps, so that the server's own progress stays above them.
    beat += 1e-9;
    const message = JSON.stringify('Waiting for the user in Tollgate');
    request.reply.notify(
      notificationText(
        'notifications/progress',
        `{"progressToken":${token},"progress":${beat},"message":${message}}`,
      ),
    );
  };
  const question = {
    server: target.server.name,
    tool: target.name,
    argumentsText,
    client: request.caller.client,
    session: request.caller.session,
  };
  const answer = parts.asks.ask(question, request.signal);
  tellProgress();
  const timer = setInterval(tellProgress, HOLD_PROGRESS_MS).unref();
  return answer.finally(() => clearInterval(timer));
}

/** The tool failed, in words for the model: it reads the text of a result, and of errors only the message (R27). */
const toolError = (sentence: string): Outcome => ({
  resultText: JSON.stringify({ content: [{ type: 'text', text: sentence }], isError: true }),
});

const refused = (sentence: string, reason: string): Ending => ({
  outcome: toolError(sentence),
  kind: 'denied',
  reason,
});

const gone = (): Ending => ({
  outcome: toolError('The call was cancelled.'),
  kind: 'cancelled',
  reason: 'the client gave up',
});

function failed({ server, name }: ToolTarget, error: unknown): Ending {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestLost && error.reason === 'cancelled') return gone();
  if (!(error instanceof RequestLost) && !(error instanceof ConnectFailure)) throw error;
  const ran = error instanceof RequestLost && !error.notRun;
  const consequence = ran
    ? `The tool may have run: check before you call it again.`
    : `The tool did not run.`;
  const sentence = `The MCP server "${server.name}" did not answer the call of ${name}: ${why}. ${consequence}`;
  return { outcome: toolError(sentence), kind: 'failed', reason: why };
}
