// The schema shipped for editors says what the gateway checks.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configSchemaText } from '../../scripts/config-schema.ts';

it('the shipped config schema is the one generated from the code (run: node scripts/config-schema.ts)', () => {
  const shipped = readFileSync(new URL('../../assets/config.schema.json', import.meta.url), 'utf8');
  expect(shipped).toBe(configSchemaText());
});
