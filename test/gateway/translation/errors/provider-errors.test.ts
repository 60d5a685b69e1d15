// Error bodies in the words of providers, gathered as data under test/fixtures/dialects/errors, and what a client reads.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APICallError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerForError } from '../../../../src/gateway/translation/errors/answer-for-error.ts';
import { targetWith } from '../answer/answer-setup.ts';

const folder = join(import.meta.dirname, '../../../fixtures/dialects/errors');

const cases = z.array(
  z.strictObject({
    name: z.string(),
    status: z.number(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown(),
    answer: z.strictObject({
      status: z.number(),
      type: z.string(),
      message: z.string(),
      shouldRetry: z.string().optional(),
      retryAfter: z.string().optional(),
      requestId: z.string().optional(),
    }),
  }),
);

const errorBody = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string() }),
  request_id: z.string().optional(),
});

function headersOf(list: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < list.length; at += 2) headers.set(list[at] ?? '', list[at + 1] ?? '');
  return headers;
}

const target = targetWith({ model: 'the-model', contextWindow: 200_000 });

for (const file of readdirSync(folder)) {
  const entries = cases.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  describe(`T160, T161, T162, T163, P14, P23: errors of ${file.replace('.json', '')}`, () => {
    it.each(entries)('$name', ({ status, headers, body, answer }) => {
      const error = new APICallError({
        message: 'as the package words it',
        url: 'https://provider.example/v1',
        requestBodyValues: {},
        statusCode: status,
        responseHeaders: headers ?? {},
        responseBody: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const given = answerForError(error, target, { promptTokens: 150_000, maxTokens: 32_000 });
      const said = errorBody.parse(JSON.parse(given.body.toString()));
      const sent = headersOf(given.headers);
      expect({
        status: given.status,
        type: said.error.type,
        message: said.error.message,
        shouldRetry: sent.get('x-should-retry'),
        retryAfter: sent.get('retry-after'),
        requestId: sent.get('request-id'),
      }).toEqual({ shouldRetry: undefined, retryAfter: undefined, requestId: undefined, ...answer });
      expect(sent.get('content-length')).toBe(String(given.body.length));
    });
  });
}
