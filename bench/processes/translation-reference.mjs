// The references of the bench for translation, each doing one part of it and nothing else:
//   events   every event of the provider's stream is parsed and written anew as a Messages delta, with node:http alone
//   sdk      the provider's AI SDK package alone reads the stream to its end, over Node's own fetch
//   body     as events, and the request is parsed and written anew as well
// Arguments: which of them, the provider's API (responses or chat), the upstream's port.
import http from 'node:http';

const [kind, api, port] = process.argv.slice(2);
const path = api === 'chat' ? '/v1/chat/completions' : '/v1/responses';
const agent = new http.Agent({
  keepAlive: true,
  maxSockets: Infinity,
  maxFreeSockets: 512,
  scheduling: 'lifo',
});

async function gather(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function askUpstream(body, onAnswer) {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  http.request({ host: '127.0.0.1', port, method: 'POST', path, headers, agent }, onAnswer).end(body);
}

const stop = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
const deltaOf = ({ delta, choices }) =>
  typeof delta === 'string' ? delta : choices?.[0]?.delta?.content || undefined;

/** Events of the provider as Messages deltas, those of one read together. */
function rewriteEvents(answer, response) {
  let rest = '';
  answer.setEncoding('utf8');
  answer.on('data', (text) => {
    const events = (rest + text).split('\n\n');
    rest = events.pop();
    let out = '';
    for (const event of events) {
      const data = event.slice(event.indexOf('data: ') + 'data: '.length);
      const delta = data === '[DONE]' ? undefined : deltaOf(JSON.parse(data));
      if (delta === undefined) continue;
      const fields = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: delta } };
      out += `event: content_block_delta\ndata: ${JSON.stringify(fields)}\n\n`;
    }
    if (out !== '') response.write(out);
  });
  answer.on('end', () => response.end(stop));
}

async function relay(request, response) {
  const body = await gather(request);
  const asked = kind === 'body' ? JSON.stringify(JSON.parse(body.toString('utf8'))) : body;
  askUpstream(asked, (answer) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    rewriteEvents(answer, response);
  });
}

async function createModel() {
  const { createOpenAI } = await import('@ai-sdk/openai');
  const provider = createOpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-bench' });
  return api === 'chat' ? provider.chat('gpt-4.1') : provider.responses('gpt-4.1');
}

const model = kind === 'sdk' ? await createModel() : null;
const prompt = [{ role: 'user', content: [{ type: 'text', text: 'Go on.' }] }];

async function serveSdk(request, response) {
  await gather(request);
  const { stream } = await model.doStream({ prompt });
  let finished = false;
  for await (const part of stream) finished ||= part.type === 'finish';
  response.writeHead(finished ? 200 : 500, { 'content-length': 2, 'content-type': 'application/json' });
  response.end('{}');
}

const serve = kind === 'sdk' ? serveSdk : relay;
const server = http.createServer(
  { keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true },
  (request, response) => {
    serve(request, response).catch((error) => response.destroy(error));
  },
);

process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', 1024, () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, clientKey: 'bench', pid: process.pid })}\n`);
});
