// The request reader finds the model wherever it stands, and splicing changes no other byte (P3, P8).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteParts } from '../../../src/gateway/lib/byte-parts.ts';
import { RequestReader, spliceModel } from '../../../src/gateway/dialects/anthropic-messages/read-request.ts';

function read(body: Buffer): ReturnType<RequestReader['facts']> {
  const reader = new RequestReader();
  for (let at = 0; at < body.length; at += 11) reader.see(body.subarray(at, at + 11));
  return reader.facts();
}

describe('the request reader', () => {
  it('splices the model and leaves every other byte (property)', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== 'model' && key !== 'stream'),
          fc.jsonValue(),
          { maxKeys: 5 },
        ),
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.nat(),
        (others, model, renamed, first, cut) => {
          const object = first ? { model, ...others } : { ...others, model };
          const body = Buffer.from(JSON.stringify(object, null, 1));
          const facts = read(body);
          if (typeof facts === 'string') throw new Error(facts);
          expect(facts.model).toBe(model);
          const at = cut % (body.length + 1);
          const parts = ByteParts.of(body.subarray(0, at), body.subarray(at));
          const spliced = spliceModel(parts, facts, renamed).whole();
          expect(spliced.toString()).toBe(JSON.stringify({ ...object, model: renamed }, null, 1));
          expect(spliceModel(parts, facts, model)).toBe(parts);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes the top-level model, not a parameter, an argument or a text of that name, also when it stands last', () => {
    const body = Buffer.from(
      String.raw`{"model":"a","tools":[{"input_schema":{"properties":{"model":{"type":"string"}}}}],"messages":[{"content":[{"input":{"model":"b"}},{"text":""model":"c" e"}]}]}`,
    );
    expect(read(body)).toMatchObject({ model: 'a' });
    const last = Buffer.from(
      body.toString().replace('"model":"a",', '').replace(/}$/, ',"mod\\u0065l":"z"}'),
    );
    expect(read(last)).toMatchObject({ model: 'z' });
  });

  it.each([
    ['', 'not-an-object'],
    ['[]', 'not-an-object'],
    ['{}', 'model-missing'],
    ['{"model":1}', 'model-not-a-string'],
    ['{"model":""}', 'model-not-a-string'],
    ['{"model":null}', 'model-not-a-string'],
    [`{"model":"${'m'.repeat(2000)}"}`, 'model-not-a-string'],
  ])('says what is wrong with %s', (body, problem) => {
    expect(read(Buffer.from(body))).toBe(problem);
  });
});
