// Writes assets/config.schema.json from the zod schema of config.json, for editors: `node scripts/config-schema.ts`.
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { Settings } from '../src/contract/settings.ts';

/** The shipped schema as text; rules that JSON Schema cannot say are checked by the gateway. */
export function configSchemaText(): string {
  const schema = z.toJSONSchema(Settings, { io: 'input', target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'Tollgate config.json', ...schema }, null, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('../assets/config.schema.json', import.meta.url), configSchemaText());
}
