// Cuts Amazon's binary event stream into its messages, wherever the network cut it. Each begins with its own length.

const LENGTH_BYTES = 4;
/** Two lengths and two checksums. */
const SHORTEST_FRAME = 16;
/** Amazon's own limit is 16 MiB for the payload; headers come on top. */
const LONGEST_FRAME = 24 * 1024 * 1024;

export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** True when nothing is left of a message that has not come whole. */
  get isEmpty(): boolean {
    return this.#rest.length === 0;
  }

  /** The messages that are whole now. Throws RangeError when these are no messages. */
  feed(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (length < SHORTEST_FRAME || length > LONGEST_FRAME) throw new RangeError('no event stream');
      if (bytes.length - at < length) break;
      frames.push(bytes.subarray(at, at + length));
      at += length;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}
