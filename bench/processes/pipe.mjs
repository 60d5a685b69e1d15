// The reference of the bench: the least that Node's own HTTP can do as a gateway. Bodies are piped both ways over a
// keep-alive pool, nothing is read, counted or kept.
import http from 'node:http';

const upstreamPort = Number(process.argv[2]);
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
]);
const agent = new http.Agent({
  keepAlive: true,
  maxSockets: Infinity,
  maxFreeSockets: 512,
  scheduling: 'lifo',
});

function endToEndHeaders(rawHeaders) {
  const kept = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!hopByHop.has(rawHeaders[at].toLowerCase())) kept.push(rawHeaders[at], rawHeaders[at + 1]);
  }
  return kept;
}

const server = http.createServer(
  { keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true },
  (request, response) => {
    const { method, url: path } = request;
    const headers = endToEndHeaders(request.rawHeaders);
    const outgoing = http.request(
      { host: '127.0.0.1', port: upstreamPort, method, path, headers, agent },
      (answer) => {
        response.writeHead(answer.statusCode, endToEndHeaders(answer.rawHeaders));
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    request.pipe(outgoing);
  },
);

process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', 1024, () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, clientKey: 'bench', pid: process.pid })}\n`);
});
