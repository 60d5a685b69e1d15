// Names and addresses of Amazon Bedrock, and its exceptions.
import { describe, expect, it } from 'vitest';
import { awsTrouble, exceptionName } from '../../../../src/gateway/providers/bedrock/aws-errors.ts';
import { bedrockAddresses } from '../../../../src/gateway/providers/bedrock/bedrock-addresses.ts';
import {
  bedrockName,
  foundationModel,
  profileOfRegion,
} from '../../../../src/gateway/providers/bedrock/model-names.ts';

describe('names on Amazon Bedrock', () => {
  it.each([
    ['claude-opus-5-5', 'us.anthropic.claude-opus-5-5'],
    ['claude-opus-4-8', 'us.anthropic.claude-opus-4-8'],
    ['claude-opus-4-6', 'us.anthropic.claude-opus-4-6-v1'],
    ['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6'],
    ['claude-opus-4-5', 'us.anthropic.claude-opus-4-5-20251101-v1:0'],
    ['claude-opus-4-5-20251101', 'us.anthropic.claude-opus-4-5-20251101-v1:0'],
    ['claude-haiku-4-5@20251001', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['claude-sonnet-4-20250514', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
    ['claude-sonnet-4-0', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
    ['claude-3-5-sonnet-20241022', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0'],
    ['claude-3-5-haiku-latest', 'us.anthropic.claude-3-5-haiku-20241022-v1:0'],
    ['eu.anthropic.claude-opus-4-7', 'eu.anthropic.claude-opus-4-7'],
    ['anthropic.claude-v2:1', 'anthropic.claude-v2:1'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/x', 'arn:aws:bedrock:us-east-1:1:inference-profile/x'],
    ['gpt-5.6', 'gpt-5.6'],
  ])('trap 44: %s is called %s', (name, expected) => {
    expect(bedrockName(name, 'us')).toBe(expected);
  });

  it('T140: the prefix follows the region, or is left out', () => {
    const regions = ['us-east-1', 'us-gov-west-1', 'eu-central-1', 'ap-southeast-2', 'ca-central-1'];
    expect(regions.map(profileOfRegion)).toEqual(['us', 'us-gov', 'eu', 'global', 'global']);
    expect(bedrockName('claude-opus-4-8', 'none')).toBe('anthropic.claude-opus-4-8');
  });

  it.each([
    ['us.anthropic.claude-x', 'anthropic.claude-x'],
    ['us-gov.anthropic.claude-x-v1:0', 'anthropic.claude-x-v1:0'],
    ['anthropic.claude-x', 'anthropic.claude-x'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-x', 'anthropic.claude-x'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-x', 'anthropic.claude-x'],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', null],
  ])('T145: tokens for %s are counted for %s', (id, expected) => {
    expect(foundationModel(id)).toBe(expected);
  });
});

describe('addresses of Amazon Bedrock', () => {
  const of = (baseUrl: string, options: Record<string, string> = {}, env: Record<string, string> = {}) =>
    bedrockAddresses({ baseUrl, options }, env);

  it.each([
    [
      of(''),
      'us-east-1',
      'https://bedrock-runtime.us-east-1.amazonaws.com',
      'https://bedrock.us-east-1.amazonaws.com',
    ],
    [
      of('', {}, { AWS_REGION: 'eu-west-1' }),
      'eu-west-1',
      'https://bedrock-runtime.eu-west-1.amazonaws.com',
      'https://bedrock.eu-west-1.amazonaws.com',
    ],
    [
      of('', { region: 'cn-north-1' }),
      'cn-north-1',
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn',
      'https://bedrock.cn-north-1.amazonaws.com.cn',
    ],
    [
      of('https://bedrock-runtime-fips.us-west-2.amazonaws.com'),
      'us-west-2',
      'https://bedrock-runtime-fips.us-west-2.amazonaws.com',
      'https://bedrock-fips.us-west-2.amazonaws.com',
    ],
    [
      of('http://127.0.0.1:9', { region: 'us-west-2' }),
      'us-west-2',
      'http://127.0.0.1:9',
      'http://127.0.0.1:9',
    ],
  ])('%# follow from region and address', (addresses, region, messages, control) => {
    expect(addresses).toEqual({ region, messages, control });
  });
});

describe('Amazon’s exceptions', () => {
  it('T160: names come with a namespace and an address', () => {
    expect(exceptionName('ThrottlingException:http://internal.amazon.com/')).toBe('ThrottlingException');
    expect(exceptionName('com.amazon.coral#AccessDeniedException')).toBe('AccessDeniedException');
    expect(exceptionName(null)).toBe('');
  });

  it('T161: what will never be right is no server error, and a wrong key is none of permission', () => {
    expect(awsTrouble('ValidationException', 400, 'x').status).toBe(400);
    expect(awsTrouble('', 424, 'x').status).toBe(500);
    expect(
      awsTrouble(
        'AccessDeniedException',
        403,
        'Authentication failed: Please make sure your API Key is valid.',
      ).status,
    ).toBe(401);
    expect(
      awsTrouble('AccessDeniedException', 403, 'not authorized to perform: bedrock:InvokeModel').status,
    ).toBe(403);
    expect(awsTrouble('', 503, '').message).toBe('Amazon Bedrock answered with status 503.');
  });
});
