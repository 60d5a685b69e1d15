// The reader of upstream answers: the same answer however its bytes are cut, and no answer at all where two readers could
// see two different ones (RFC 9112; P17).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseReader } from '../../../../src/gateway/providers/http/response-reader.ts';
import { cutEvery } from '../../../support/byte-cuts.ts';

interface Read {
  status: number;
  headers: string[];
  body: string;
  ended: boolean;
  reusable: boolean;
}

function read(pieces: readonly Buffer[], inputEnds = false): Read {
  const seen: Read = { status: 0, headers: [], body: '', ended: false, reusable: false };
  const parts: Buffer[] = [];
  const reader = new ResponseReader({
    onHead(status, headers) {
      expect(seen.status).toBe(0);
      Object.assign(seen, { status, headers });
    },
    onBody: (bytes) => void parts.push(Buffer.from(bytes)),
    onEnd() {
      expect(seen.ended).toBe(false);
      seen.ended = true;
    },
  });
  for (const piece of pieces) reader.feed(piece);
  if (inputEnds) reader.endOfInput();
  return { ...seen, body: Buffer.concat(parts).toString('latin1'), reusable: reader.reusable };
}

const readText = (text: string, inputEnds = false): Read => read([Buffer.from(text, 'latin1')], inputEnds);

const chunked = (parts: readonly string[], extension = ''): string =>
  [...parts.filter((part) => part !== ''), '']
    .map((part) => `${part.length.toString(16)}${extension}\r\n${part}${part === '' ? '' : '\r\n'}`)
    .join('');

describe('an answer', () => {
  test('is the same wherever its bytes are cut, by length, by chunks or by the end of the connection', () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom('length', 'chunks', 'end'),
        fc.array(text, { maxLength: 6 }),
        fc.boolean(),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (framing, parts, interim, cuts) => {
          const body = parts.join('');
          const head =
            `${interim ? 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n' : ''}HTTP/1.1 200 OK\r\nRequest-Id:  req_1 \r\n` +
            (framing === 'length' ? `Content-Length: ${body.length}\r\n\r\n` : '') +
            (framing === 'chunks' ? 'Transfer-Encoding: chunked\r\n\r\n' : '') +
            (framing === 'end' ? '\r\n' : '');
          const bytes = Buffer.from(
            head + (framing === 'chunks' ? chunked(parts, ';a=b') + '\r\n' : body),
            'latin1',
          );
          const borders = cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b);
          const pieces = [...borders, bytes.length].map((border, index) =>
            bytes.subarray(index === 0 ? 0 : borders[index - 1], border),
          );
          const seen = read(
            pieces.filter((piece) => piece.length > 0),
            framing === 'end',
          );
          expect(seen.status).toBe(200);
          expect(seen.headers.slice(0, 2)).toEqual(['Request-Id', 'req_1']);
          expect(seen.body).toBe(body);
          expect(seen.ended).toBe(true);
          expect(seen.reusable).toBe(framing !== 'end');
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('with trailers, of HTTP/1.0, without a body, or that asks to close is read as it says', () => {
    const trailers = readText(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    expect(trailers).toMatchObject({ body: 'hi', ended: true, reusable: true });
    expect(readText('HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx')).toMatchObject({
      ended: true,
      reusable: false,
    });
    expect(readText('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx').reusable).toBe(
      true,
    );
    expect(readText('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({
      body: '',
      ended: true,
      reusable: true,
    });
    expect(readText('HTTP/1.1 304\r\nContent-Length: 12\r\n\r\n')).toMatchObject({ ended: true });
    const closing = 'HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n';
    expect(readText(closing)).toMatchObject({ ended: true, reusable: false });
  });

  test('is not cut short or lengthened by what follows it, and its connection is not used again', () => {
    const two =
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
    expect(readText(two)).toMatchObject({ body: 'hi', ended: true, reusable: false });
  });

  test('keeps every byte of a header value but the blanks around it', () => {
    const { headers } = readText(
      'HTTP/1.1 200 OK\r\nX-A:\t caf\xe9\xa0 \r\nX-B:\r\nContent-Length: 0\r\n\r\n',
    );
    expect(headers).toEqual(['X-A', 'caf\xe9\xa0', 'X-B', '', 'Content-Length', '0']);
  });
});

describe('what is refused', () => {
  const ok = 'HTTP/1.1 200 OK\r\n';
  test.each([
    ['two framings', `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['two lengths', `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\n`],
    ['a length that is none', `${ok}Content-Length: +2\r\n\r\n`],
    ['a coding that is not understood', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ['a folded header', `${ok}X-A: 1\r\n Content-Length: 2\r\n\r\n`],
    ['a blank before the colon', `${ok}Content-Length : 2\r\n\r\n`],
    ['a bare line feed', `${ok}X-A: 1\nX-B: 2\r\n\r\n`],
    ['a bare return', `${ok}X-A: 1\rX-B: 2\r\n\r\n`],
    ['a control character', `${ok}X-A: \x00\r\n\r\n`],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['a chunk without a size', `${ok}Transfer-Encoding: chunked\r\n\r\n\r\n`],
    ['a negative chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
    ['a chunk beyond all numbers', `${ok}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`],
    ['a chunk longer than it said', `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhix`],
    ['a chunk size ended by a line feed', `${ok}Transfer-Encoding: chunked\r\n\r\n2\nhi`],
    ['an endless extension', `${ok}Transfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(5000)}`],
    ['an endless head', `${ok}X-A: ${'a'.repeat(70_000)}`],
    ['endless trailers', `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nX: ${'a'.repeat(70_000)}`],
  ])('%s', (_name, text) => {
    expect(() => readText(text)).toThrow(/it|its/);
    expect(() => read(cutEvery(Buffer.from(text, 'latin1'), 7).map((piece) => Buffer.from(piece)))).toThrow();
  });
});
