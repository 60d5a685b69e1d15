// A minimal HTTP/1.1 message reader for both ends of the bench: it finds heads, content-length bodies and chunked
// bodies in the bytes of one connection and copies nothing. It trusts its peer; it is a measuring tool, not a server.
const headEnd = Buffer.from('\r\n\r\n');
const lineFeed = 10;
const [head, sized, chunkSize, chunkData, chunkEnd, trailer] = [0, 1, 2, 3, 4, 5];

/** The value of a hexadecimal digit's byte, or -1. */
function hexDigit(byte) {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/**
 * Feed it the bytes of a connection; it calls `onHead(text)`, `onBody(buffer, start, end)` for every piece of body and
 * `onEnd()` after each message. The buffer is only lent for the call.
 */
export class HttpReader {
  constructor({ onHead, onBody, onEnd }) {
    this.onHead = onHead;
    this.onBody = onBody;
    this.onEnd = onEnd;
    this.state = head;
    this.partialHead = null;
    this.remaining = 0;
    this.sizeIsRead = false;
    this.lineLength = 0;
  }

  /** Reads `bytes[0..length)`. */
  feed(bytes, length = bytes.length) {
    let at = 0;
    while (at < length) {
      if (this.state === head) at = this.readHead(bytes, at, length);
      else if (this.state === sized || this.state === chunkData) at = this.readBody(bytes, at, length);
      else if (this.state === chunkSize) at = this.readChunkSize(bytes, at, length);
      else at = this.readLine(bytes, at, length);
    }
  }

  readHead(bytes, at, length) {
    const piece = bytes.subarray(at, length);
    const known = this.partialHead?.length ?? 0;
    const all = known === 0 ? piece : Buffer.concat([this.partialHead, piece]);
    const end = all.indexOf(headEnd);
    if (end < 0) {
      this.partialHead = Buffer.from(all);
      return length;
    }
    this.partialHead = null;
    const text = all.latin1Slice(0, end).toLowerCase();
    const field = text.indexOf('\r\ncontent-length:');
    this.remaining = field < 0 ? 0 : Number.parseInt(text.slice(field + 17), 10);
    if (text.includes('\r\ntransfer-encoding:') && text.includes('chunked')) this.startChunk();
    else this.state = sized;
    this.onHead(text);
    if (this.state === sized && this.remaining === 0) this.finish();
    return at + end + headEnd.length - known;
  }

  readBody(bytes, at, length) {
    const end = Math.min(length, at + this.remaining);
    this.remaining -= end - at;
    this.onBody(bytes, at, end);
    if (this.remaining === 0) {
      if (this.state === sized) this.finish();
      else this.state = chunkEnd;
    }
    return end;
  }

  startChunk() {
    this.state = chunkSize;
    this.remaining = 0;
    this.sizeIsRead = false;
  }

  readChunkSize(bytes, from, length) {
    for (let at = from; at < length; at++) {
      const byte = bytes[at];
      if (byte === lineFeed) {
        this.state = this.remaining === 0 ? trailer : chunkData;
        this.lineLength = 0;
        return at + 1;
      }
      const digit = this.sizeIsRead ? -1 : hexDigit(byte);
      if (digit < 0) this.sizeIsRead = true;
      else this.remaining = this.remaining * 16 + digit;
    }
    return length;
  }

  /** Passes the line end behind a chunk, or the trailer behind the last one (an empty line ends it). */
  readLine(bytes, from, length) {
    for (let at = from; at < length; at++) {
      if (bytes[at] !== lineFeed) {
        this.lineLength += 1;
        continue;
      }
      if (this.state === chunkEnd) this.startChunk();
      else if (this.lineLength <= 1) this.finish();
      else {
        this.lineLength = 0;
        continue;
      }
      return at + 1;
    }
    return length;
  }

  finish() {
    this.state = head;
    this.onEnd();
  }
}
