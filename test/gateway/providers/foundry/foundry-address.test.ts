// The address of a Foundry resource, in every form people paste.
import { describe, expect, it } from 'vitest';
import { foundryAddress } from '../../../../src/gateway/providers/foundry/foundry-address.ts';

const expected = 'https://acme.services.ai.azure.com/anthropic';

describe('foundryAddress', () => {
  it.each([
    '',
    '/',
    '/anthropic',
    '/anthropic/',
    '/anthropic/v1',
    '/anthropic/v1/messages',
    '/v1',
    '/openai/v1',
    '/models',
    '/api/projects/one',
  ])('T132, T136: a pasted address that ends in %j is the same', (end) => {
    expect(foundryAddress({ baseUrl: `https://acme.services.ai.azure.com${end}`, options: {} }, {})).toBe(
      expected,
    );
  });

  it('T136: the resource’s name is enough, from the settings or the environment', () => {
    expect(foundryAddress({ baseUrl: '', options: { resource: 'acme' } }, {})).toBe(expected);
    expect(foundryAddress({ baseUrl: '', options: {} }, { ANTHROPIC_FOUNDRY_RESOURCE: 'acme' })).toBe(
      expected,
    );
    expect(foundryAddress({ baseUrl: '', options: {} }, {})).toBe('');
  });
});
