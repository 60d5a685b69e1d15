// Estimates the prompt tokens of a Messages body before anyone counted them (T56, T73). Too low is harmful, since the
// client would not compact in time; so every block counts, and the sum carries a margin.

/** UTF-8 bytes per token: bytes, not characters, because other scripts than Latin take more tokens per character. */
const BYTES_PER_TOKEN = 3.5;
const MARGIN = 1.15;
const PER_MESSAGE = 4;
const PER_TOOL = 12;
/** What Anthropic adds once when there are tools. */
const TOOLS_PREAMBLE = 350;
const PER_IMAGE = 1_600;
const LEAST_PER_FILE = 3_000;
const MOST_PER_FILE = 300_000;
/** A page of a PDF is about 40 KB and 3,000 tokens. */
const FILE_BYTES_PER_TOKEN = 13;

type Fields = Readonly<Record<string, unknown>>;

export function estimatePromptTokens(body: unknown): number {
  if (!isFields(body)) return 0;
  const tools: readonly unknown[] = Array.isArray(body['tools']) ? body['tools'] : [];
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  let tokens = contentTokens(body['system']) + (tools.length > 0 ? TOOLS_PREAMBLE : 0);
  for (const tool of tools) tokens += PER_TOOL + jsonTokens(tool);
  for (const message of messages)
    tokens += PER_MESSAGE + (isFields(message) ? contentTokens(message['content']) : 0);
  if (isFields(body['output_config'])) tokens += jsonTokens(body['output_config']['format']);
  tokens += jsonTokens(body['output_format']);
  return Math.ceil(tokens * MARGIN);
}

function contentTokens(content: unknown): number {
  if (typeof content === 'string') return textTokens(content);
  if (!Array.isArray(content)) return isFields(content) ? blockTokens(content) : 0;
  let tokens = 0;
  for (const block of content)
    tokens += typeof block === 'string' ? textTokens(block) : isFields(block) ? blockTokens(block) : 0;
  return tokens;
}

function blockTokens(block: Fields): number {
  switch (block['type']) {
    case 'text':
      return textTokens(block['text']);
    case 'image':
      return PER_IMAGE;
    case 'document':
      return textTokens(block['title']) + textTokens(block['context']) + documentTokens(block['source']);
    case 'tool_result':
      return PER_MESSAGE + textTokens(block['tool_use_id']) + contentTokens(block['content']);
    case 'thinking':
      return textTokens(block['thinking']) + textTokens(block['signature']) / 2;
    case 'redacted_thinking':
      return textTokens(block['data']) / 2;
    default:
      return PER_MESSAGE + jsonTokens(block);
  }
}

function documentTokens(source: unknown): number {
  if (!isFields(source)) return 0;
  if (source['type'] === 'text') return textTokens(source['data']);
  if (source['type'] === 'content') return contentTokens(source['content']);
  const { data } = source;
  const bytes = typeof data === 'string' ? (data.length * 3) / 4 : 0;
  return Math.min(MOST_PER_FILE, Math.max(LEAST_PER_FILE, bytes / FILE_BYTES_PER_TOKEN));
}

const jsonTokens = (value: unknown): number =>
  value === undefined || value === null ? 0 : jsonBytes(value) / BYTES_PER_TOKEN;

/** Bytes of a parsed value as JSON, escapes left out as in other text; written out it would only be thrown away. */
function jsonBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value, 'utf8') + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  let bytes = 2;
  if (Array.isArray(value)) for (const entry of value) bytes += jsonBytes(entry) + 1;
  else for (const [key, field] of Object.entries(value)) bytes += key.length + 4 + jsonBytes(field);
  return bytes;
}

const textTokens = (text: unknown): number =>
  typeof text === 'string' ? Buffer.byteLength(text, 'utf8') / BYTES_PER_TOKEN : 0;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
