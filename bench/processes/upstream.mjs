// The upstream of the bench, a process of its own: answers every POST as the Messages API would, JSON or events, over
// bare sockets so that it costs little beside what is measured. The parent sets the stream's shape by message.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { monotonicMicros } from '../wire/clock.mjs';
import { HttpReader } from '../wire/http-reader.mjs';
import {
  asChunk,
  buildDelta,
  buildJsonAnswer,
  closingEvents,
  lastChunk,
  openingEvents,
  stopEvent,
  streamHead,
  unpacedEvents,
} from '../wire/messages.mjs';

const jsonAnswer = buildJsonAnswer();
const emptyAnswer = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
);
const streamMark = '"stream":true}';
const tickMs = 1;

let deltasPerStream = 50;
let paceMs = 0;
let unpacedAnswer = buildUnpacedAnswer(deltasPerStream);
const pacedStreams = new Set();
let ticker = null;

function buildUnpacedAnswer(deltas) {
  return Buffer.concat([streamHead, ...unpacedEvents(deltas).map(asChunk), lastChunk]);
}

/** Sends what is due on every paced stream; one clock for all, so that 200 streams need one timer. */
function sendDueDeltas() {
  const now = performance.now();
  for (const stream of pacedStreams) {
    while (stream.sent < stream.total && stream.dueAt <= now) {
      stream.send(buildDelta(stream.sent, monotonicMicros()));
      stream.sent += 1;
      stream.dueAt += stream.paceMs;
    }
    if (stream.sent === stream.total) endStream(stream);
  }
  if (pacedStreams.size === 0) {
    clearInterval(ticker);
    ticker = null;
  }
}

function startStream(socket) {
  const hash = createHash('sha256');
  const send = (event) => {
    hash.update(event);
    socket.write(asChunk(event));
  };
  const stream = {
    socket,
    hash,
    send,
    sent: 0,
    total: deltasPerStream,
    paceMs,
    dueAt: performance.now() + paceMs,
  };
  socket.write(streamHead);
  openingEvents.forEach(send);
  pacedStreams.add(stream);
  ticker ??= setInterval(sendDueDeltas, tickMs);
  return stream;
}

function endStream(stream) {
  closingEvents.forEach(stream.send);
  stream.socket.write(asChunk(stopEvent(stream.hash.digest('hex'))));
  stream.socket.write(lastChunk);
  pacedStreams.delete(stream);
}

function serve(socket) {
  let isPost = false;
  let tail = '';
  let stream = null;
  const reader = new HttpReader({
    onHead(text) {
      isPost = text.startsWith('post ');
      tail = '';
    },
    onBody(bytes, start, end) {
      tail = (tail + bytes.latin1Slice(Math.max(start, end - streamMark.length), end)).slice(
        -streamMark.length,
      );
    },
    onEnd() {
      if (!isPost) socket.write(emptyAnswer);
      else if (tail !== streamMark) socket.write(jsonAnswer);
      else if (paceMs === 0) socket.write(unpacedAnswer);
      else stream = startStream(socket);
    },
  });
  socket.on('data', (bytes) => reader.feed(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => pacedStreams.delete(stream));
}

process.on('message', (message) => {
  deltasPerStream = message.deltas;
  paceMs = message.paceMs;
  if (paceMs === 0) unpacedAnswer = buildUnpacedAnswer(deltasPerStream);
  process.send({ shaped: true });
});
process.on('disconnect', () => process.exit(0));

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', 1024, () => process.send({ port: server.address().port }));
