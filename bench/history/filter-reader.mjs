// node filter-reader.mjs DIR: the yardstick of bench/history.mjs. Reads each file whole, parses only the lines that hold
// a usage object, counts each message once, and does nothing else: no prices, no groups, no database.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const MARK = Buffer.from('"usage":{');
const projects = join(process.argv[2], 'projects');
const seen = new Set();
const totals = { messages: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

for (const name of readdirSync(projects, { recursive: true })) {
  if (!name.endsWith('.jsonl')) continue;
  const bytes = readFileSync(join(projects, name));
  for (let at = bytes.indexOf(MARK); at !== -1;) {
    const start = bytes.lastIndexOf(10, at) + 1;
    const next = bytes.indexOf(10, at);
    const end = next === -1 ? bytes.length : next;
    const { message, requestId } = JSON.parse(bytes.toString('utf8', start, end));
    const key = `${message.id}:${requestId}`;
    if (!seen.has(key)) {
      seen.add(key);
      totals.messages += 1;
      totals.input += message.usage.input_tokens;
      totals.output += message.usage.output_tokens;
      totals.cacheRead += message.usage.cache_read_input_tokens ?? 0;
      totals.cacheWrite += message.usage.cache_creation_input_tokens ?? 0;
    }
    at = bytes.indexOf(MARK, end);
  }
}
process.stdout.write(`${JSON.stringify(totals)}\n`);
