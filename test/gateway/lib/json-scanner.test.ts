// The scanner finds the same top-level values that JSON.parse would, at any chunking, and reports their exact bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopLevelScanner } from '../../../src/gateway/lib/json-scanner.ts';

function scan(
  bytes: Buffer,
  cuts: readonly number[],
  keys: readonly string[],
  limit = 1 << 20,
): TopLevelScanner {
  const scanner = new TopLevelScanner(new Map(keys.map((key) => [key, limit])));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(bytes.length, Math.max(from, cut));
    scanner.feed(bytes.subarray(from, to));
    from = to;
  }
  scanner.feed(bytes.subarray(from));
  return scanner;
}

describe('the top-level scanner', () => {
  it('finds every wanted value with its exact byte range, whatever the chunk borders (property)', () => {
    const key = fc.oneof(
      fc.constantFrom('model', 'stream', 'usage', 'a"b', 'back\\slash', 'ключ'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue(), { maxKeys: 8 }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (object, indent, cuts) => {
          const text = JSON.stringify(object, null, indent);
          const bytes = Buffer.from(text);
          const scanner = scan(bytes, cuts, Object.keys(object));
          expect(scanner.complete).toBe(true);
          for (const [name, value] of Object.entries(object)) {
            const hit = scanner.found.get(name);
            expect(hit?.whole).toBe(true);
            expect(JSON.parse(hit?.text ?? 'undefined')).toEqual(JSON.parse(JSON.stringify(value)));
            expect(bytes.subarray(hit?.start, hit?.end).toString()).toBe(hit?.text);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is not fooled by the key inside strings, nested objects or escaped quotes', () => {
    const text = String.raw`{"messages":[{"content":"\"model\":\"no\" \\","model":"no"}],"x":"{\"model\":\"no\"","model" : "yes" , "y":1}`;
    for (let cut = 0; cut <= text.length; cut++) {
      const scanner = scan(Buffer.from(text), [cut], ['model']);
      expect(scanner.found.get('model')?.text).toBe('"yes"');
      expect(scanner.repeated.size).toBe(0);
    }
  });

  it('notices a key given twice, also when one is written with escapes', () => {
    const scanner = scan(Buffer.from(String.raw`{"model":"a","mod\u0065l":"b"}`), [], ['model']);
    expect(scanner.repeated.has('model')).toBe(true);
    expect(scanner.found.get('model')?.text).toBe('"b"');
  });

  it('keeps only a prefix of a value beyond its limit and says so', () => {
    const scanner = scan(
      Buffer.from(`{"content":"${'x'.repeat(500)}","stop":1}`),
      [100, 200],
      ['content', 'stop'],
      16,
    );
    expect(scanner.found.get('content')).toMatchObject({ whole: false, text: `"${'x'.repeat(15)}` });
    expect(scanner.found.get('stop')?.text).toBe('1');
  });

  it('says that a document is incomplete or not an object', () => {
    for (const text of ['', '{', '{"a":1', '[1]', 'nonsense', '{"a":1}x', '"model"']) {
      expect(scan(Buffer.from(text), [], ['a']).complete).toBe(false);
    }
    expect(scan(Buffer.from(' {} \n'), [], ['a']).complete).toBe(true);
  });
});
