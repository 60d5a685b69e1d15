// One keep-alive connection of the load generator: sends prepared request bytes, times the answer and checks every
// byte of a stream. Sockets are read into one buffer each, so that a busy generator allocates next to nothing.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { monotonicMicros } from './clock.mjs';
import { HttpReader } from './http-reader.mjs';
import {
  deltaDelay,
  deltaNumber,
  digestLength,
  isDelta,
  messagesShape,
  stopEventStart,
  unpacedEvents,
} from './messages.mjs';

const eventEnd = Buffer.from('\n\n');
const readBufferBytes = 65_536;
const requestTimeoutMs = 30_000;

const textStop = Buffer.from('event: message_stop\ndata: {"type":"message_stop"}\n\n');

/** Cuts a stream into its events; number and delay of every delta are the same in each kind of check. */
class EventCheck {
  constructor() {
    this.partial = null;
    this.seen = 0;
    this.disordered = 0;
    this.delays = [];
  }

  accept(bytes, start, end) {
    const now = monotonicMicros();
    const piece = bytes.subarray(start, end);
    const all = this.partial === null ? piece : Buffer.concat([this.partial, piece]);
    let from = 0;
    for (let at = all.indexOf(eventEnd, from); at >= 0; at = all.indexOf(eventEnd, from)) {
      const event = all.subarray(from, at + eventEnd.length);
      this.acceptEvent(event);
      if (isDelta(event)) this.acceptDelta(event, now);
      from = at + eventEnd.length;
    }
    this.partial = from === all.length ? null : Buffer.from(all.subarray(from));
  }

  acceptDelta(event, now) {
    if (deltaNumber(event) !== this.seen) this.disordered += 1;
    this.seen += 1;
    this.delays.push(deltaDelay(event, now));
  }

  /** Whether all `deltas` came in order and nothing is left over. */
  isComplete(deltas) {
    return this.partial === null && this.seen === deltas && this.disordered === 0;
  }
}

/** Checks a paced stream: numbers and delays of the deltas, and the digest the last event carries. */
export class PacedCheck extends EventCheck {
  constructor() {
    super();
    this.hash = createHash('sha256');
    this.identical = false;
  }

  acceptEvent(event) {
    if (event.indexOf(stopEventStart) !== 0) {
      this.hash.update(event);
      return;
    }
    const digest = event.latin1Slice(stopEventStart.length, stopEventStart.length + digestLength);
    this.identical = this.hash.digest('hex') === digest;
  }

  isWhole(deltas) {
    return this.identical && this.isComplete(deltas);
  }
}

/** Checks a stream that was translated, paced or not: it can only be complete and end as a Messages stream ends. */
export class TranslatedCheck extends EventCheck {
  constructor() {
    super();
    this.ended = false;
  }

  acceptEvent(event) {
    this.ended = event.equals(textStop);
  }

  isWhole(deltas) {
    return this.ended && this.isComplete(deltas);
  }
}

/** Checks an unpaced stream, whose bytes are known beforehand. */
export class UnpacedCheck {
  /** `expected`: all event bytes, from `expectedBytes`. */
  constructor(expected) {
    this.expected = expected;
    this.at = 0;
    this.differs = false;
  }

  accept(bytes, start, end) {
    const next = this.at + end - start;
    if (next > this.expected.length || bytes.compare(this.expected, this.at, next, start, end) !== 0) {
      this.differs = true;
    }
    this.at = next;
  }

  isWhole() {
    return !this.differs && this.at === this.expected.length;
  }
}

/** All event bytes of an unpaced stream. */
export const expectedBytes = (deltas) => Buffer.concat(unpacedEvents(messagesShape, deltas));

/** A JSON answer is only counted. */
const noCheck = { accept() {}, isWhole: () => true };

export class ClientConnection {
  constructor(target) {
    this.target = target;
    this.socket = null;
    this.finish = null;
  }

  /**
   * Sends `request` and calls `done(answer)` once: `{ ok, status, startedAt, firstByteAt, endedAt, check }`, times in
   * microseconds. `done` may send the next request at once.
   */
  send(request, check, done) {
    this.socket ??= this.open();
    this.status = 0;
    this.check = check ?? noCheck;
    this.firstByteAt = 0;
    this.finish = done;
    this.startedAt = monotonicMicros();
    this.socket.write(request);
  }

  open() {
    const reader = new HttpReader({
      onHead: (text) => {
        this.status = Number(text.slice(9, 12));
      },
      onBody: (bytes, start, end) => {
        if (this.firstByteAt === 0) this.firstByteAt = monotonicMicros();
        this.check.accept(bytes, start, end);
      },
      onEnd: () => this.end(this.status === 200),
    });
    const buffer = Buffer.allocUnsafe(readBufferBytes);
    const { host, port } = this.target;
    const onread = { buffer, callback: (length) => (reader.feed(buffer, length), true) };
    const socket = connect({ host, port, noDelay: true, onread });
    socket.setTimeout(requestTimeoutMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.socket === socket) this.socket = null;
      this.end(false);
    });
    return socket;
  }

  end(ok) {
    const done = this.finish;
    if (done === null) return;
    this.finish = null;
    const { status, startedAt, firstByteAt, check } = this;
    done({ ok, status, startedAt, firstByteAt, endedAt: monotonicMicros(), check });
  }

  /** As `send`, as a promise. */
  exchange(request, check) {
    return new Promise((resolve) => this.send(request, check, resolve));
  }

  close() {
    this.finish = null;
    this.socket?.destroy();
    this.socket = null;
  }
}
