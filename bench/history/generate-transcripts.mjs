// node generate-transcripts.mjs DIR [MB]: writes DIR/projects/<project>/<session>.jsonl in the shape of Claude Code's
// transcripts, the same every time: answers on one line per content block, tool results, sub-agents in files of their
// own, every tenth session forked. Prints what should be counted, each message once.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [folder, megabytes = '200'] = process.argv.slice(2);
const wanted = Number(megabytes) * 1_048_576;

let seed = 42;
const random = () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};
const below = (limit) => Math.floor(random() * limit);
let ids = 0;
const newId = (prefix) => `${prefix}01${below(2 ** 32).toString(36)}${(ids++).toString(36).padStart(7, '0')}`;
const text = (length) =>
  'const value = await read("src/file.ts"); // déjà vu\n'.repeat(Math.ceil(length / 50)).slice(0, length);
const models = ['claude-sonnet-4-5-20250929', 'claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001'];

const totals = { messages: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
let bytes = 0;
let files = 0;
let lines = 0;
let time = Date.UTC(2026, 0, 5);

function writeFile(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  for (let at = 0; at < content.length; at += 2000) {
    bytes += writeSync(file, content.slice(at, at + 2000).join(''));
  }
  closeSync(file);
  files += 1;
  lines += content.length;
}

function turn(base, model) {
  time += 20_000 + below(40_000);
  const stamp = (offset) => new Date(time + offset).toISOString();
  const parentUuid = newId('parent-');
  const written = [
    {
      parentUuid,
      ...base,
      type: 'user',
      message: {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: newId('toolu_'), content: text(200 + below(below(6000) + 1)) },
        ],
      },
      uuid: newId('uuid-'),
      timestamp: stamp(0),
    },
  ];
  const cacheWrite = below(4000);
  const usage = {
    input_tokens: 1 + below(20),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: below(150_000),
    output_tokens: 1 + below(1500),
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    service_tier: 'standard',
  };
  const message = { id: newId('msg_'), type: 'message', role: 'assistant', model };
  const requestId = newId('req_');
  const blocks = [{ type: 'text', text: text(50 + below(500)) }];
  for (let more = below(3); more > 0; more -= 1) {
    const input = { file_path: 'a.ts', content: text(100 + below(2500)) };
    blocks.push({ type: 'tool_use', id: newId('toolu_'), name: 'Write', input });
  }
  blocks.forEach((block, index) =>
    written.push({
      parentUuid: newId('parent-'),
      ...base,
      message: { ...message, content: [block], stop_reason: 'tool_use', stop_sequence: null, usage },
      requestId,
      type: 'assistant',
      uuid: newId('uuid-'),
      timestamp: stamp(5000 + index),
    }),
  );
  totals.messages += 1;
  totals.input += usage.input_tokens;
  totals.output += usage.output_tokens;
  totals.cacheRead += usage.cache_read_input_tokens;
  totals.cacheWrite += cacheWrite;
  return written;
}

const toLines = (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`);

for (let session = 0; bytes < wanted; session += 1) {
  const project = `/home/me/project-${session % 25}`;
  const projectFolder = join(folder, 'projects', project.replaceAll('/', '-'));
  const sessionId = `00000000-0000-4000-8000-${session.toString(16).padStart(12, '0')}`;
  const base = {
    isSidechain: false,
    userType: 'external',
    cwd: project,
    sessionId,
    version: '2.1.330',
    gitBranch: 'main',
  };
  const model = models[session % 3];
  const main = Array.from({ length: 20 + below(300) }, () => turn(base, model)).flat();
  writeFile(join(projectFolder, `${sessionId}.jsonl`), toLines(main));
  if (session % 4 === 0) {
    const agentId = `a${session.toString(16).padStart(16, '0')}`;
    const agent = Array.from({ length: 10 + below(60) }, () =>
      turn({ ...base, isSidechain: true, agentId }, models[2]),
    ).flat();
    writeFile(join(projectFolder, sessionId, 'subagents', `agent-${agentId}.jsonl`), toLines(agent));
  }
  if (session % 10 === 0) {
    const forkId = sessionId.replace('4000', '4fff');
    const copied = main.slice(0, main.length >> 1).map((entry) => ({ ...entry, sessionId: forkId }));
    const begin = { type: 'queue-operation', sessionId: forkId, timestamp: new Date(time).toISOString() };
    writeFile(join(projectFolder, `${forkId}.jsonl`), toLines([begin, ...copied]));
  }
}
process.stdout.write(
  `${JSON.stringify({ files, lines, megabytes: Math.round(bytes / 1_048_576), totals })}\n`,
);
