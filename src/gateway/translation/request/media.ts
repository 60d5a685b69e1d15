// Images and documents of a request as file parts, inline text, or a visible note where the model cannot take them
// (T9 to T11): a model that is told nothing would describe a picture it never saw.
import { Buffer } from 'node:buffer';
import { asFields, asString, invalid, isFields, optionalString, readBlocks, type Fields } from './fields.ts';
import { isBlank, textPart, type FilePart, type Reading, type UserPart } from './reading.ts';

const imageTypeByEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

export function readImage(block: Fields, field: string, reading: Reading): UserPart {
  reading.dropped.addCacheControl(block);
  if (!reading.target.traits.images) {
    reading.dropped.add('image');
    return textPart('[image omitted: model cannot see images]');
  }
  const source = asFields(block['source'], `${field}.source`);
  switch (source['type']) {
    case 'base64':
      return base64Part(source, `${field}.source`);
    case 'url': {
      const url = readUrl(source, `${field}.source`, reading);
      const ending = /\.(\w+)$/.exec(url.pathname)?.[1]?.toLowerCase() ?? '';
      return urlPart(url, imageTypeByEnding[ending] ?? 'image/*');
    }
    default:
      throw unknownSource(source, `${field}.source`);
  }
}

export function readDocument(block: Fields, field: string, reading: Reading): readonly UserPart[] {
  reading.dropped.addCacheControl(block);
  if (isFields(block['citations']) && block['citations']['enabled'] === true)
    reading.dropped.add('citations');
  const title = optionalString(block['title']);
  const context = optionalString(block['context']);
  const source = asFields(block['source'], `${field}.source`);
  const content = documentContent(source, title, field, reading);
  const isInline = source['type'] === 'text' || source['type'] === 'content';
  const head = [isInline ? title : null, context].filter((line) => line !== null);
  return head.length === 0 ? content : [textPart(head.join('\n')), ...content];
}

function documentContent(
  source: Fields,
  title: string | null,
  field: string,
  reading: Reading,
): readonly UserPart[] {
  switch (source['type']) {
    case 'text':
      return inlineText(asString(source['data'], `${field}.source.data`));
    case 'content':
      return readBlocks(source['content'], `${field}.source.content`).flatMap(
        (block, index): readonly UserPart[] => {
          const path = `${field}.source.content.${index}`;
          reading.dropped.addCacheControl(block);
          if (block['type'] === 'image') return [readImage(block, path, reading)];
          return inlineText(asString(block['text'], `${path}.text`));
        },
      );
    case 'base64': {
      const mediaType = asString(source['media_type'], `${field}.source.media_type`);
      if (mediaType.startsWith('text/')) {
        return inlineText(
          Buffer.from(asString(source['data'], `${field}.source.data`), 'base64').toString('utf8'),
        );
      }
      return [readFile(title, reading) ?? base64Part(source, `${field}.source`, title ?? 'document.pdf')];
    }
    case 'url': {
      const note = readFile(title, reading);
      if (note !== null) return [note];
      const part = urlPart(readUrl(source, `${field}.source`, reading), 'application/pdf');
      return [title === null ? part : { ...part, filename: title }];
    }
    default:
      throw unknownSource(source, `${field}.source`);
  }
}

/** The note that stands for a file the model cannot read; null when it can. */
function readFile(title: string | null, reading: Reading): UserPart | null {
  if (reading.target.traits.pdf) return null;
  reading.dropped.add('document');
  return textPart(`[document${title === null ? '' : ` "${title}"`} omitted: model cannot read PDF files]`);
}

function inlineText(text: string): readonly UserPart[] {
  return isBlank(text) ? [] : [textPart(text)];
}

function base64Part(source: Fields, field: string, filename?: string): FilePart {
  return {
    type: 'file',
    mediaType: asString(source['media_type'], `${field}.media_type`),
    data: { type: 'data', data: asString(source['data'], `${field}.data`) },
    ...(filename === undefined ? {} : { filename }),
  };
}

function urlPart(url: URL, mediaType: string): FilePart {
  const inline = url.protocol === 'data:' ? /^([^;,]+);base64,/.exec(url.pathname) : null;
  if (inline !== null) {
    return {
      type: 'file',
      mediaType: inline[1] ?? mediaType,
      data: { type: 'data', data: url.pathname.slice(inline[0].length) },
    };
  }
  return { type: 'file', mediaType, data: { type: 'url', url } };
}

function readUrl(source: Fields, field: string, reading: Reading): URL {
  const url = URL.parse(asString(source['url'], `${field}.url`));
  if (url === null || !['http:', 'https:', 'data:'].includes(url.protocol)) {
    throw invalid(
      `${field}.url`,
      'Only http, https and data addresses can be sent to this model; send the content as base64.',
    );
  }
  if (url.protocol !== 'data:' && reading.target.traits.mediaUrls === false) {
    throw invalid(`${field}.url`, 'This model does not fetch addresses; send the content as base64.');
  }
  return url;
}

function unknownSource(source: Fields, field: string): Error {
  if (source['type'] === 'file') {
    return invalid(
      field,
      'Files uploaded to Anthropic (file_id) cannot be sent to another provider; send the content as base64.',
    );
  }
  return invalid(`${field}.type`, "Input should be 'base64', 'url', 'text' or 'content'.");
}
