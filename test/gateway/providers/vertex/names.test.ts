// Names and addresses of Claude on Google Cloud.
import { describe, expect, it } from 'vitest';
import { vertexAddress, vertexName } from '../../../../src/gateway/providers/vertex/model-names.ts';

describe('Claude on Google Cloud', () => {
  it.each([
    ['claude-opus-5-5', 'claude-opus-5-5'],
    ['claude-opus-4-6', 'claude-opus-4-6'],
    ['claude-sonnet-4-5', 'claude-sonnet-4-5@20250929'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5@20250929'],
    ['claude-opus-4-0', 'claude-opus-4@20250514'],
    ['claude-opus-4-8@default', 'claude-opus-4-8@default'],
    ['gemini-3-pro', 'gemini-3-pro'],
  ])('T150: %s is called %s', (name, expected) => {
    expect(vertexName(name)).toBe(expected);
  });

  it('T150: one host for all regions, one for parts of the world, one for each region', () => {
    expect(['global', 'us', 'eu', 'europe-west1'].map(vertexAddress)).toEqual([
      'https://aiplatform.googleapis.com',
      'https://aiplatform.us.rep.googleapis.com',
      'https://aiplatform.eu.rep.googleapis.com',
      'https://europe-west1-aiplatform.googleapis.com',
    ]);
  });
});
