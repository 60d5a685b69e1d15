// Schemas cut down to the OpenAPI subset of Gemini (T111, T112).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSchema } from '../../../../src/gateway/translation/request/plain-schema.ts';

const inObject = (property: unknown): unknown => {
  const cut = plainSchema({ type: 'object', properties: { p: property } });
  return (cut['properties'] as Record<string, unknown>)['p'];
};

describe('a plain schema', () => {
  it.each([
    [
      'drops what the subset lacks',
      { type: 'string', $id: 'x', default: 'a', examples: ['a'], contentEncoding: 'base64' },
      { type: 'string' },
    ],
    [
      'keeps bounds and descriptions',
      { type: 'integer', minimum: 1, description: 'd' },
      { type: 'integer', minimum: 1, description: 'd' },
    ],
    [
      'makes an exclusive bound of integers inclusive',
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: 'integer', minimum: 1, maximum: 8 },
    ],
    [
      'takes an exclusive bound of numbers as inclusive',
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'number', minimum: 0 },
    ],
    ['says null by nullable', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [
      'says null among alternatives by nullable',
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { type: 'string', nullable: true },
    ],
    [
      'makes several types alternatives',
      { type: ['string', 'number'] },
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
    ],
    [
      'makes oneOf anyOf',
      { oneOf: [{ type: 'string' }, { type: 'number' }] },
      { anyOf: [{ type: 'string' }, { type: 'number' }] },
    ],
    ['makes a constant text the only choice', { const: 'a' }, { type: 'string', enum: ['a'] }],
    ['drops choices that are no texts', { type: 'number', enum: [1, 2] }, { type: 'number' }],
    ['drops formats the subset lacks', { type: 'string', format: 'uri' }, { type: 'string' }],
    [
      'keeps formats it has',
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'date-time' },
    ],
    ['gives an array its items', { type: 'array' }, { type: 'array', items: { type: 'string' } }],
    [
      'drops required names without a property',
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a', 'b'] },
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    ],
    [
      'drops propertyNames and additionalProperties',
      { type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} },
      { type: 'object' },
    ],
    [
      'joins allOf',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } } },
        ],
      },
      { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a'] },
    ],
  ])('T111: %s', (_what, given, expected) => {
    expect(inObject(given)).toEqual(expected);
  });

  it('T111: inlines references, also nested and with escapes, and ends those that lead back', () => {
    const cut = plainSchema({
      type: 'object',
      properties: {
        a: { $ref: '#/$defs/x~1y', description: 'own' },
        t: { $ref: '#/$defs/tree' },
        u: { $ref: 'https://else.example' },
      },
      $defs: {
        'x/y': { $ref: '#/$defs/z' },
        z: { type: 'integer', description: 'theirs' },
        tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } },
      },
    });
    expect(cut['properties']).toMatchObject({
      a: { type: 'integer', description: 'own' },
      t: { type: 'object' },
      u: {},
    });
    expect(JSON.stringify(cut)).not.toMatch(/\$ref|\$defs/);
  });

  it('T112: the schemas of Claude Code lose nothing but what is not understood', () => {
    const read = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { file_path: { type: 'string' }, limit: { type: 'integer', exclusiveMinimum: 0 } },
      required: ['file_path'],
      additionalProperties: false,
    };
    expect(plainSchema(read)).toEqual({
      type: 'object',
      properties: { file_path: { type: 'string' }, limit: { type: 'integer', minimum: 1 } },
      required: ['file_path'],
    });
  });

  it('T111: no word outside the subset survives, whatever the schema', () => {
    const words = [
      'type',
      'anyOf',
      'oneOf',
      'allOf',
      'items',
      'properties',
      'required',
      'enum',
      'const',
      'nullable',
      'format',
      'not',
      'if',
      '$ref',
      'minimum',
      'exclusiveMinimum',
      'default',
    ];
    const allowed = new Set([
      'type',
      'nullable',
      'title',
      'description',
      'minItems',
      'maxItems',
      'minProperties',
      'maxProperties',
      'minLength',
      'maxLength',
      'pattern',
      'minimum',
      'maximum',
      'enum',
      'format',
      'properties',
      'required',
      'items',
      'anyOf',
    ]);
    const check = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
      for (const [key, value] of Object.entries(schema)) {
        expect(allowed.has(key)).toBe(true);
        if (key === 'properties') Object.values(value as object).forEach(check);
        else if (key === 'anyOf') (value as unknown[]).forEach(check);
        else if (key === 'items') check(value);
      }
    };
    const { schema } = fc.letrec((tie) => ({
      schema: fc.dictionary(
        fc.constantFrom(...words),
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('string', 'integer', 'array', 'object', '#', '#/properties'),
          fc.integer(),
          fc.array(fc.constantFrom('string', 'null', 'number')),
          tie('schema'),
          fc.array(tie('schema'), { maxLength: 2 }),
        ),
        { maxKeys: 5 },
      ),
    }));
    fc.assert(
      fc.property(schema, (value) => check(plainSchema(value))),
      { numRuns: 300 },
    );
  });
});
