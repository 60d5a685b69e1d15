// A call of a translated provider from the model's parts to the listener.
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { TranslatedCall } from '../../../../src/gateway/providers/translated/translated-call.ts';
import { setupWith } from '../../translation/answer/answer-setup.ts';
import { text } from '../../translation/answer/parts.ts';

const setup = setupWith();

/** A model whose stream gives these parts and then stays open until somebody cancels it. */
function endlessModel(parts: readonly LanguageModelV4StreamPart[]): {
  model: LanguageModelV4;
  cancelled: Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<LanguageModelV4StreamPart>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
    },
    cancel: () => resolve(),
  });
  const unused = (): never => {
    throw new Error('a stream was asked');
  };
  const model: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'test',
    supportedUrls: {},
    doGenerate: unused,
    doStream: () => Promise.resolve({ stream }),
  };
  return { model, cancelled: promise };
}

function preparedCall(model: LanguageModelV4) {
  return {
    kind: 'model' as const,
    model,
    replay: () => Promise.resolve(model),
    options: { prompt: [] },
    request: { ...setup.request, stream: true, dropped: [] },
    target: setup.target,
    id: 'msg_1',
    repairs: false,
    headers: [],
  };
}

describe('deltas on their way', () => {
  it('P9: what came together leaves together, and what came later is not waited for', async () => {
    let controller: ReadableStreamDefaultController<LanguageModelV4StreamPart> | null = null;
    const stream = new ReadableStream<LanguageModelV4StreamPart>({
      start: (given) => void (controller = given),
    });
    const { model } = endlessModel([]);
    const said: string[] = [];
    let heard = Promise.withResolvers<void>();
    const call = new TranslatedCall(
      {
        onStart: () => undefined,
        onData(chunk) {
          said.push(chunk.toString('utf8'));
          heard.resolve();
        },
        onEnd: () => undefined,
        onError: (failure) => expect(failure).toBeNull(),
      },
      () => undefined,
    );
    void call.run(
      () => Promise.resolve(preparedCall({ ...model, doStream: () => Promise.resolve({ stream }) })),
      () => setup.target,
    );
    const give = (...parts: readonly LanguageModelV4StreamPart[]): void => {
      for (const part of parts) controller?.enqueue(part);
    };
    const delta = (words: string) => ({ type: 'text-delta' as const, id: 't', delta: words });

    give({ type: 'text-start', id: 't' }, delta('one '), delta('two '), delta('three'));
    await heard.promise;
    expect(said).toHaveLength(1);
    expect(said[0]?.match(/text_delta/g)).toHaveLength(3);

    heard = Promise.withResolvers<void>();
    give(delta(' four'));
    await heard.promise;
    expect(said).toHaveLength(2);
    expect(said[1]).toContain(' four');
    call.abort();
  });
});

describe('an error inside the stream', () => {
  it('T54: ends the answer and the provider’s, which may go on for long and at a price', async () => {
    const error = new Error('The engine broke.');
    const { model, cancelled } = endlessModel([...text('t', 'Half an ans'), { type: 'error', error }]);
    let said = '';
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>();
    const listener = {
      onStart: (status: number) => expect(status).toBe(200),
      onData: (chunk: Buffer) => void (said += chunk.toString('utf8')),
      onEnd,
      onError: (failure: Error) => expect(failure).toBeNull(),
    };
    const call = new TranslatedCall(listener, () => undefined);
    await call.run(
      () => Promise.resolve(preparedCall(model)),
      () => setup.target,
    );
    await Promise.all([ended, cancelled]);
    expect(said).toContain('Half an ans');
    expect(said.trimEnd().split('\n').at(-2)).toBe('event: error');
    expect(said).not.toContain('message_stop');
  });
});
