// What all translated provider types promise a form and the router.
import { expect, it } from 'vitest';
import { descriptors } from '../../../../src/gateway/providers/registry.ts';

const types = [
  'openai',
  'azure-openai',
  'google',
  'vertex-gemini',
  'openrouter',
  'mistral',
  'xai',
  'groq',
  'deepseek',
  'moonshot',
  'zai',
  'bedrock-converse',
  'openai-compatible',
  'ollama',
  'lm-studio',
];
const translated = types.map((type) => descriptors.find((descriptor) => descriptor.type === type));

it.each(types.map((type, index) => [type, translated[index]] as const))(
  '%s is registered, says what it is, puts its key itself and stands in with models it has',
  (_type, descriptor) => {
    if (descriptor === undefined) throw new Error('not registered');
    expect(descriptor).toMatchObject({ dialect: 'translated', servesClaude: false, practice: false });
    expect(descriptor.authorize('secret')).toEqual([]);
    expect(descriptor.help).toMatch(/\.$/);
    const known = new Set(descriptor.models.map(({ id }) => id));
    for (const model of Object.values(descriptor.tiers)) expect(known).toContain(model);
    if (known.size > 0) expect(Object.keys(descriptor.tiers)).toHaveLength(4);
    for (const field of descriptor.fields)
      if (field.choices !== undefined) expect(field.choices).toContain(field.example);
    if (descriptor.defaultBaseUrl !== null) expect(descriptor.defaultBaseUrl).not.toMatch(/\/$/);
  },
);
