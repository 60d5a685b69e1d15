// Blocks of a user's turn, tool results among them, as the parts a model reads (T4, T6, T8, T29, T98).
import type { LanguageModelV4ToolResultPart } from '@ai-sdk/provider';
import { asString, isFields, optionalString, readBlocks, type Fields } from './fields.ts';
import { readDocument, readImage } from './media.ts';
import { isBlank, textPart, type FilePart, type Reading, type UserPart } from './reading.ts';
import { loadedToolText } from './tools.ts';

const ERROR_MARK = '[tool error]';

/** One block of a user's turn that is not a tool result. */
export function readUserBlock(block: Fields, field: string, reading: Reading): readonly UserPart[] {
  switch (block['type']) {
    case 'image':
      return [readImage(block, field, reading)];
    case 'document':
      return readDocument(block, field, reading);
    default: {
      reading.dropped.addCacheControl(block);
      const text = readText(block, field, reading);
      return isBlank(text) ? [] : [textPart(text)];
    }
  }
}

/** The text of a block that is no file; empty, and noted, for a block without any. */
export function readText(block: Fields, field: string, reading: Reading): string {
  switch (block['type']) {
    case 'text':
      return asString(block['text'], `${field}.text`);
    case 'tool_reference':
      return loadedToolText(block, reading.names);
    case 'search_result':
      return readSearchResult(block, field);
    default:
      if (typeof block['text'] === 'string') return block['text'];
      reading.dropped.add(`content.${String(block['type'])}`);
      return '';
  }
}

function readSearchResult(block: Fields, field: string): string {
  const texts = readBlocks(block['content'], `${field}.content`).map((part) => optionalString(part['text']));
  const lines = [optionalString(block['title']), optionalString(block['source']), ...texts];
  return lines.filter((line) => line !== null).join('\n');
}

/** A tool's result, read but not yet joined to its call. */
export interface ToolResult {
  readonly callId: string;
  readonly isError: boolean;
  readonly parts: readonly UserPart[];
}

export function readToolResult(block: Fields, field: string, reading: Reading): ToolResult {
  reading.dropped.addCacheControl(block);
  return {
    callId: asString(block['tool_use_id'], `${field}.tool_use_id`),
    isError: block['is_error'] === true,
    parts: readBlocks(block['content'], `${field}.content`).flatMap((part, index) =>
      readUserBlock(part, `${field}.content.${index}`, reading),
    ),
  };
}

type Output = LanguageModelV4ToolResultPart['output'];

/** A result as a tool message takes it, and the files that have to follow in the user's message (T8). */
export function splitResult(
  result: ToolResult,
  toolName: string,
  reading: Reading,
): { output: Output; files: readonly UserPart[] } {
  const inPlace = (part: FilePart): boolean =>
    reading.target.traits.imagesInToolResults && part.mediaType.startsWith('image/');
  const files: UserPart[] = [];
  const parts = result.parts.map((part) => {
    if (part.type === 'text' || inPlace(part)) return part;
    files.push(part);
    return textPart(`[${fileWord(part)}: in the user message after the tool results]`);
  });
  if (files.length > 0) files.unshift(textPart(`From the result of ${toolName}:`));
  return { output: outputOf(parts, result.isError), files };
}

const fileWord = (part: FilePart): string => (part.mediaType.startsWith('image/') ? 'image' : 'document');

function outputOf(parts: readonly UserPart[], isError: boolean): Output {
  if (parts.every((part) => part.type === 'text')) {
    const text = parts.map((part) => part.text).join('\n');
    return { type: 'text', value: isError ? `${ERROR_MARK} ${text}`.trimEnd() : text };
  }
  return { type: 'content', value: isError ? [textPart(ERROR_MARK), ...parts] : [...parts] };
}

/** A result whose call is not in the turn before, as the user's words (T7); nothing when it says nothing. */
export function orphanParts(result: ToolResult): readonly UserPart[] {
  const [first, ...rest] = result.parts;
  if (first === undefined) return [];
  const head = result.isError ? `Tool result: ${ERROR_MARK} ` : 'Tool result: ';
  return first.type === 'text'
    ? [textPart(head + first.text), ...rest]
    : [textPart(head.trim()), first, ...rest];
}

/** Text of Anthropic's own tools inside an assistant's turn: searches, code runs, calls of remote MCP servers. */
export function serverResultText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value
      .map(serverResultText)
      .filter((text) => text !== '')
      .join('\n');
  if (!isFields(value)) return '';
  const own = ['title', 'url', 'text', 'stdout', 'stderr', 'error_code']
    .map((key) => optionalString(value[key]))
    .filter((text) => text !== null);
  const loaded = Array.isArray(value['tool_references'])
    ? value['tool_references'].map((entry) =>
        isFields(entry) ? `[loaded tool: ${String(entry['tool_name'])}]` : '',
      )
    : [];
  return [...own, ...loaded, serverResultText(value['content'])].filter((text) => text !== '').join('\n');
}
