// Decompresses the observer's copy of an answer whose upstream compressed it although plain bytes were asked for. The
// client gets the compressed bytes as they came; a broken encoding costs the figures, never the answer (trap 46).
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { AnswerObserver } from '../dialects/anthropic-messages/answer-facts.ts';

export interface CopyDecoder {
  /** False asks the caller to wait for `onDrain` before more. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
  /** Resolves when all that can be decoded was seen by the observer. */
  end(): Promise<void>;
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** `encoding`: the Content-Encoding in lower case; an unknown one is not read. */
export function decodeCopy(encoding: string, observer: AnswerObserver): CopyDecoder {
  const create = decoders[encoding];
  if (create === undefined) return { write: () => true, onDrain: () => {}, end: () => Promise.resolve() };
  const transform = create();
  let broken = false;
  const ended = new Promise<void>((resolve) => {
    transform.on('data', (chunk: Buffer) => observer.see(chunk));
    transform.on('end', resolve);
    transform.on('close', resolve);
    transform.on('error', () => {
      broken = true;
      resolve();
    });
  });
  return {
    write: (chunk) => broken || transform.write(chunk),
    onDrain(resume) {
      transform.once('drain', resume);
      void ended.then(resume);
    },
    end() {
      if (!broken) transform.end();
      return ended;
    },
  };
}
