// The upstream of the bench, a process of its own: answers every POST as the Messages API would, JSON or events, or as
// OpenAI's APIs stream, over bare sockets so that it costs little beside what is measured. The parent sets by message how
// many deltas a stream has and how fast they come.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { monotonicMicros } from '../wire/clock.mjs';
import { HttpReader } from '../wire/http-reader.mjs';
import { asChunk, buildJsonAnswer, lastChunk, messagesShape, unpacedEvents } from '../wire/messages.mjs';
import { openAiShapes } from '../wire/openai-messages.mjs';

const jsonAnswer = buildJsonAnswer();
const emptyAnswer = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
);
const streamMark = '"stream":true}';
const tickMs = 1;

/** Beginning of a request's head → what its streams look like; everything else is a Messages request. */
const openAiPaths = new Map([
  ['post /v1/responses ', openAiShapes.responses],
  ['post /v1/chat/completions ', openAiShapes.chat],
]);

let deltasPerStream = 50;
let paceMs = 0;
let unpacedAnswers = new Map();
const pacedStreams = new Set();
let ticker = null;

/** A whole stream at once, always the same bytes. */
function unpacedAnswer(shape) {
  let answer = unpacedAnswers.get(shape);
  if (answer === undefined) {
    const events = unpacedEvents(shape, deltasPerStream);
    answer = Buffer.concat([shape.head, ...events.map(asChunk), lastChunk]);
    unpacedAnswers.set(shape, answer);
  }
  return answer;
}

/** Sends what is due on every paced stream; one clock for all, so that 200 streams need one timer. */
function sendDueDeltas() {
  const now = performance.now();
  for (const stream of pacedStreams) {
    while (stream.sent < stream.total && stream.dueAt <= now) {
      stream.send(stream.shape.delta(stream.sent, monotonicMicros()));
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

function startStream(socket, shape) {
  // Only a stream that arrives unchanged is compared byte for byte.
  const hash = shape.stop === undefined ? null : createHash('sha256');
  const send = (event) => {
    hash?.update(event);
    socket.write(asChunk(event));
  };
  const stream = {
    socket,
    shape,
    hash,
    send,
    sent: 0,
    total: deltasPerStream,
    paceMs,
    dueAt: performance.now() + paceMs,
  };
  socket.write(shape.head);
  shape.opening.forEach(send);
  pacedStreams.add(stream);
  ticker ??= setInterval(sendDueDeltas, tickMs);
  return stream;
}

function endStream(stream) {
  const { shape, socket, hash, total } = stream;
  shape.closing(total).forEach(stream.send);
  if (hash !== null) socket.write(asChunk(shape.stop(hash.digest('hex'))));
  socket.write(lastChunk);
  pacedStreams.delete(stream);
}

function serve(socket) {
  let isPost = false;
  let shape = messagesShape;
  let isOpenAi = false;
  let tail = '';
  let stream = null;
  const reader = new HttpReader({
    onHead(text) {
      isPost = text.startsWith('post ');
      const found = openAiPaths.get(text.slice(0, text.indexOf(' ', 'post '.length) + 1));
      isOpenAi = found !== undefined;
      shape = found ?? messagesShape;
      tail = '';
    },
    onBody(bytes, start, end) {
      tail = (tail + bytes.latin1Slice(Math.max(start, end - streamMark.length), end)).slice(
        -streamMark.length,
      );
    },
    onEnd() {
      if (!isPost) socket.write(emptyAnswer);
      else if (!isOpenAi && tail !== streamMark) socket.write(jsonAnswer);
      else if (paceMs === 0) socket.write(unpacedAnswer(shape));
      else stream = startStream(socket, shape);
    },
  });
  socket.on('data', (bytes) => reader.feed(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => pacedStreams.delete(stream));
}

process.on('message', (message) => {
  deltasPerStream = message.deltas;
  paceMs = message.paceMs;
  unpacedAnswers = new Map();
  process.send({ shaped: true });
});
process.on('disconnect', () => process.exit(0));

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', 1024, () => process.send({ port: server.address().port }));
