// A call whose request is still being prepared obeys its caller all the same.
import { describe, expect, it } from 'vitest';
import { PendingCall } from '../../../../src/gateway/providers/claude-elsewhere/pending-call.ts';

function listen() {
  const heard: string[] = [];
  const call = new PendingCall({
    onStart: (status) => heard.push(`start ${status}`),
    onData: (chunk) => heard.push(chunk.toString()),
    onEnd: () => heard.push('end'),
    onError: (error) => heard.push(error.message),
  });
  const done: string[] = [];
  const wire = {
    pause: () => void done.push('pause'),
    resume: () => void done.push('resume'),
    abort: () => void done.push('abort'),
  };
  return { call, heard, wire, done };
}

describe('PendingCall', () => {
  it('T168: aborted before it is on the wire, it is ended there at once and nobody hears more', () => {
    const { call, heard, wire, done } = listen();
    call.abort();
    call.use(wire);
    call.start(200, []);
    call.data(Buffer.from('x'));
    call.end();
    call.fail(new Error('late'));
    expect([done, heard]).toEqual([['abort'], []]);
  });

  it('paused before it is on the wire, it is paused there until resumed', () => {
    const { call, wire, done } = listen();
    call.pause();
    call.use(wire);
    call.resume();
    expect(done).toEqual(['pause', 'resume']);
  });

  it('ends once, with the first word', () => {
    const { call, heard } = listen();
    call.start(200, []);
    call.fail(new Error('cut'));
    call.end();
    call.fail(new Error('again'));
    expect(heard).toEqual(['start 200', 'cut']);
  });
});
