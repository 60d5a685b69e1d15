// Amazon's binary event stream: length, header length, checksum, headers, payload, checksum.
import { crc32 } from 'node:zlib';

function headerBytes(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const valueBytes = Buffer.from(value, 'utf8');
  const head = Buffer.alloc(1 + nameBytes.length + 1 + 2);
  head.writeUInt8(nameBytes.length, 0);
  nameBytes.copy(head, 1);
  // 7 is the type of a string with a length of two bytes.
  head.writeUInt8(7, 1 + nameBytes.length);
  head.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  return Buffer.concat([head, valueBytes]);
}

/** One message of the stream, with both checksums. */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const headerBlock = Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value)));
  const total = 12 + headerBlock.length + payload.length + 4;
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(headerBlock.length, 4);
  const preludeSum = Buffer.alloc(4);
  preludeSum.writeUInt32BE(crc32(prelude), 0);
  const message = Buffer.concat([prelude, preludeSum, headerBlock, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(message), 0);
  return Buffer.concat([message, sum]);
}

export function encodeEvent(type: string, body: unknown): Buffer {
  return encodeMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify(body), 'utf8'),
  );
}

export function encodeException(type: string, message: string): Buffer {
  return encodeMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    Buffer.from(JSON.stringify({ message }), 'utf8'),
  );
}
