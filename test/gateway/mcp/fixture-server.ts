// An MCP server for tests, written against the protocol's text alone: one program, every transport and era, and every way to
// behave badly. `node fixture-server.ts '{"…": …}'`; over HTTP it prints its port as its first line of output.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';

export type FixtureOptions = {
  transport?: 'stdio' | 'http' | 'sse';
  era?: 'legacy' | 'modern';
  /** Raw texts of tool definitions instead of the usual ones. */
  tools?: string[];
  /** Read anew for each list: one raw definition per line. */
  toolsFile?: string;
  pageSize?: number;
  /** Turn in circles instead of ending the list. */
  circle?: boolean;
  instructions?: string;
  hangHandshake?: boolean;
  exitAtStart?: boolean;
  /** Ends right after the handshake. */
  exitAfterHandshake?: boolean;
  noise?: boolean;
  stderr?: string;
  /** Writes so many characters to standard error, too. */
  stderrLength?: number;
  /** Lives on when its input closes and when it is asked to end. */
  stubborn?: boolean;
  /** Starts a child in its group and one that leaves it. */
  offspring?: boolean;
  /** Every process appends its id here. */
  pidFile?: string;
  /** Every message received is appended here, one per line. */
  logFile?: string;
  /** HTTP: forget sessions after so many requests. */
  forgetAfter?: number;
  /** HTTP: answer 401 unless this Authorization comes. */
  authorization?: string;
  /** HTTP: answers as event streams. */
  stream?: boolean;
};

type Message = { jsonrpc: '2.0'; id?: string | number; method?: string; params?: Record<string, unknown> };
type Send = (text: string) => void;

const options = JSON.parse(process.argv[2] ?? '{}') as FixtureOptions;
const era = options.era ?? 'legacy';
const note = (path: string | undefined, text: string): void => {
  if (path !== undefined) appendFileSync(path, `${text}\n`);
};

const usual: string[] = [
  '{"name":"echo","description":"Says it again","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}',
  // Spelled so that parsing and writing it again would change it.
  '{ "name" : "odd", "title":"Odd", "inputSchema":{"type":"object","$schema":"http://json-schema.org/draft-07/schema#","properties":{"n":{"type":"number","default":1.0,"maximum":1.5e300}}}, "outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"x-own":[12345678901234567890]},"_meta":{"vendor/x":1.50},"icons":[],"future":{"a":null} }',
  '{"name":"slow","inputSchema":{"type":"object"}}',
  '{"name":"never","inputSchema":{"type":"object"}}',
  '{"name":"fails","inputSchema":{"type":"object"}}',
  '{"name":"breaks","inputSchema":{"type":"object"}}',
  '{"name":"dies","inputSchema":{"type":"object"}}',
  '{"name":"logs","inputSchema":{"type":"object"}}',
  '{"name":"environment","inputSchema":{"type":"object"}}',
  '{"name":"hostile","inputSchema":{"type":"object"}}',
];
const cancelled: (string | number)[] = [];
let calls = 0;

function toolTexts(): string[] {
  if (options.toolsFile !== undefined && existsSync(options.toolsFile))
    return readFileSync(options.toolsFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return options.tools ?? usual;
}

const reply = (send: Send, id: unknown, result: string): void =>
  send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
const fail = (send: Send, id: unknown, error: object): void =>
  send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(error)}}`);
const complete = era === 'modern' ? '"resultType":"complete",' : '';
const textResult = (text: string, more = ''): string =>
  `{${complete}"content":[{"type":"text","text":${JSON.stringify(text)}}]${more}}`;

const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: {},
  completions: {},
  ...(era === 'legacy' ? { logging: {} } : {}),
};

function list(send: Send, message: Message): void {
  const texts = toolTexts();
  const size = options.pageSize ?? texts.length;
  const cursor = message.params?.['cursor'];
  const start = typeof cursor === 'string' ? Number(cursor.slice(1)) : 0;
  const end = start + Math.max(1, size);
  const next = options.circle === true ? 'p0' : end < texts.length ? `p${end}` : null;
  const cacheHints = era === 'modern' ? ',"ttlMs":60000,"cacheScope":"public"' : '';
  const page = texts.slice(start, end).join(',');
  reply(
    send,
    message.id,
    `{${complete}"tools":[${page}]${next === null ? '' : `,"nextCursor":"${next}"`}${cacheHints}}`,
  );
}

async function call(send: Send, message: Message): Promise<void> {
  const {
    name,
    arguments: args = {},
    _meta = {},
  } = message.params as {
    name: string;
    arguments?: Record<string, unknown>;
    _meta?: Record<string, unknown>;
  };
  calls++;
  const progress = (value: number): void => {
    if (_meta['progressToken'] !== undefined)
      send(
        `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${JSON.stringify(_meta['progressToken'])},"progress":${value},"total":100,"x-own":1.0}}`,
      );
  };
  switch (name) {
    case 'odd':
      // The raw text of everything, with spellings that do not survive a parse.
      return reply(
        send,
        message.id,
        `{${complete}"content":[{"type":"future","data":1.0,"big":12345678901234567890}],"structuredContent":{"z":1,"a":1e400},"_meta":{"vendor/y":[1.50]},"unknown":"kept"}`,
      );
    case 'slow': {
      for (const value of [0, 50, 100]) {
        progress(value);
        await new Promise((resolve) => setTimeout(resolve, Number(args['ms'] ?? 10)));
      }
      return reply(send, message.id, textResult('done'));
    }
    case 'never':
      progress(1);
      return;
    case 'fails':
      return reply(send, message.id, textResult('it did not work', ',"isError":true'));
    case 'breaks':
      return fail(send, message.id, { code: -32099, message: 'broken on purpose', data: { why: [1, 2] } });
    case 'dies':
      process.exit(3);
      break;
    case 'logs':
      for (const level of ['debug', 'error'])
        send(
          `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"${level}","logger":"fixture","data":"said ${level}"}}`,
        );
      return reply(send, message.id, textResult('logged'));
    case 'hostile':
      // Names that objects have by birth, answers nobody asked for, requests we never offered to answer, a wrong id type.
      for (const method of [
        'constructor',
        '__proto__',
        'toString',
        'notifications/progress',
        'notifications/message',
      ])
        send(
          `{"jsonrpc":"2.0","method":"${method}","params":{"progressToken":"constructor","level":"toString"}}`,
        );
      for (const id of ['null', '"x"', '999999', '-1', '1.5'])
        send(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
      for (const method of ['sampling/createMessage', 'roots/list', 'elicitation/create', 'constructor'])
        send(`{"jsonrpc":"2.0","id":"s1","method":"${method}","params":{}}`);
      send('[]');
      send('{}');
      send('[1,{"jsonrpc":"2.0"}]');
      send(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
      return send(
        `{"jsonrpc":"2.0","id":"${String(message.id)}","result":{${complete}"content":[{"type":"text","text":"survived"}]}}`,
      );
    case 'environment':
      return reply(send, message.id, textResult(JSON.stringify({ ...process.env, cwd: process.cwd() })));
    case 'count':
      return reply(send, message.id, textResult(String(calls)));
    default:
      if (name === 'announce') {
        sendToAll('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
        return reply(send, message.id, textResult('announced'));
      }
      return reply(send, message.id, textResult(JSON.stringify(message.params)));
  }
}

const streams = new Map<unknown, Send>();
function sendToAll(text: string): void {
  for (const [id, send] of streams) {
    if (era === 'legacy') send(text);
    else {
      const message = JSON.parse(text) as Record<string, unknown>;
      send(
        JSON.stringify({ ...message, params: { _meta: { 'io.modelcontextprotocol/subscriptionId': id } } }),
      );
    }
  }
}

function answer(send: Send, message: Message): void {
  const { id, method } = message;
  note(options.logFile, JSON.stringify(message));
  const info = { name: 'fixture', version: '1.2.3' };
  if (method === 'notifications/cancelled') cancelled.push(message.params?.['requestId'] as number);
  if (id === undefined) return;
  if (options.hangHandshake === true) return;
  switch (method) {
    case 'initialize':
      if (era === 'modern') return fail(send, id, { code: -32601, message: 'Method not found' });
      reply(
        send,
        id,
        JSON.stringify({
          protocolVersion: '2025-11-25',
          capabilities,
          serverInfo: info,
          ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
        }),
      );
      if (options.exitAfterHandshake === true) setTimeout(() => process.exit(4), 20);
      return;
    case 'server/discover':
      if (era === 'legacy') return fail(send, id, { code: -32601, message: 'Method not found' });
      return reply(
        send,
        id,
        JSON.stringify({
          resultType: 'complete',
          supportedVersions: ['2026-07-28'],
          capabilities,
          ttlMs: 0,
          cacheScope: 'private',
          _meta: { 'io.modelcontextprotocol/serverInfo': info },
          ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
        }),
      );
    case 'subscriptions/listen':
      streams.set(id, send);
      return send(
        `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/subscriptionId":${JSON.stringify(id)}}}}`,
      );
    case 'ping':
    case 'logging/setLevel':
      return reply(send, id, '{}');
    case 'tools/list':
      return list(send, message);
    case 'tools/call':
      return void call(send, message);
    case 'prompts/list':
      return reply(send, id, `{${complete}"prompts":[{"name":"greet","description":"Greets","x-own":1.0}]}`);
    case 'prompts/get':
      return reply(
        send,
        id,
        `{${complete}"messages":[{"role":"user","content":{"type":"text","text":${JSON.stringify(JSON.stringify(message.params))}}}]}`,
      );
    case 'resources/list':
      return reply(send, id, `{${complete}"resources":[{"uri":"fixture://one","name":"one"}]}`);
    case 'resources/templates/list':
      return reply(
        send,
        id,
        `{${complete}"resourceTemplates":[{"uriTemplate":"fixture://item/{id}","name":"item"}]}`,
      );
    case 'resources/read': {
      const uri = String(message.params?.['uri']);
      if (!uri.startsWith('fixture://'))
        return fail(send, id, { code: era === 'modern' ? -32602 : -32002, message: 'Resource not found' });
      return reply(
        send,
        id,
        `{${complete}"contents":[{"uri":${JSON.stringify(uri)},"text":"content of ${uri}","size":1.0}]}`,
      );
    }
    case 'completion/complete':
      return reply(
        send,
        id,
        `{${complete}"completion":{"values":[${JSON.stringify(JSON.stringify(message.params?.['ref']))}]}}`,
      );
    case 'fixture/state':
      return reply(send, id, JSON.stringify({ cancelled, calls }));
    default:
      return fail(send, id, { code: -32601, message: 'Method not found' });
  }
}

function serveStdio(): void {
  const send: Send = (text) => void process.stdout.write(`${text}\n`);
  streams.set('stdio', send);
  if (era === 'modern') streams.clear();
  if (options.noise === true) process.stdout.write('Starting up...\n\n{not json\nDebugger attached.\n');
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => answer(send, JSON.parse(line) as Message));
  if (options.stubborn === true) {
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
  } else lines.on('close', () => process.exit(0));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}

const eventHead = { 'content-type': 'text/event-stream' };
const event = (text: string, name = 'message'): string => `event: ${name}\ndata: ${text}\n\n`;
const sessions = new Set<string>();
let requests = 0;

async function serveStreamable(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const session = request.headers['mcp-session-id'];
  if (request.method === 'GET') {
    if (era === 'modern') return void response.writeHead(405).end();
    response.writeHead(200, eventHead).flushHeaders();
    streams.set(response, (text) => void response.write(event(text)));
    response.on('close', () => streams.delete(response));
    return;
  }
  if (request.method === 'DELETE') {
    sessions.delete(String(session));
    return void response.writeHead(200).end();
  }
  const message = JSON.parse(await readBody(request)) as Message;
  note(options.logFile, JSON.stringify({ headers: request.headers, method: message.method }));
  const headers: Record<string, string> = {};
  if (era === 'legacy') {
    if (message.method === 'initialize') {
      const id = `s${Math.random()}`;
      sessions.add(id);
      headers['mcp-session-id'] = id;
    } else {
      requests++;
      if (options.forgetAfter === requests) sessions.clear();
      if (session === undefined) return void response.writeHead(400).end('{}');
      if (!sessions.has(String(session))) return void response.writeHead(404).end('{}');
    }
  }
  if (message.id === undefined) {
    answer(() => {}, message);
    return void response.writeHead(202).end();
  }
  const streaming =
    options.stream === true || message.method === 'subscriptions/listen' || message.method === 'tools/call';
  if (streaming) {
    response.writeHead(200, { ...eventHead, ...headers }).flushHeaders();
    response.on('close', () => {
      streams.delete(message.id);
      if (!response.writableEnded) cancelled.push(message.id ?? 0);
    });
  }
  answer((text) => {
    const { id, method } = JSON.parse(text) as Message;
    const last = method === undefined && id !== undefined && String(id) === String(message.id);
    if (!streaming)
      return void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text);
    response.write(event(text));
    if (last && message.method !== 'subscriptions/listen') response.end();
  }, message);
}

async function serveSse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    response.writeHead(200, eventHead);
    const id = String(streams.size);
    streams.set(id, (text) => void response.write(event(text)));
    response.write(event(`/messages?stream=${id}`, 'endpoint'));
    response.on('close', () => streams.delete(id));
    return;
  }
  const send = streams.get(new URL(request.url ?? '', 'http://x').searchParams.get('stream') ?? '');
  if (send === undefined) return void response.writeHead(405).end();
  const message = JSON.parse(await readBody(request)) as Message;
  response.writeHead(202).end();
  answer(send, message);
}

note(options.pidFile, String(process.pid));
if (options.stderr !== undefined) process.stderr.write(options.stderr);
if (options.stderrLength !== undefined) process.stderr.write('x'.repeat(options.stderrLength));
if (options.exitAtStart === true) process.exit(7);
if (options.offspring === true) {
  const sleeper = `require('node:fs').appendFileSync(${JSON.stringify(options.pidFile)}, process.pid + '\\n'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
  spawn(process.execPath, ['-e', sleeper], { stdio: 'inherit' });
  spawn(process.execPath, ['-e', sleeper], { stdio: 'ignore', detached: true }).unref();
}
if ((options.transport ?? 'stdio') === 'stdio') serveStdio();
else {
  const server = createServer((request, response) => {
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
      return void response.writeHead(401).end();
    void (options.transport === 'sse' ? serveSse(request, response) : serveStreamable(request, response));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
  });
}
