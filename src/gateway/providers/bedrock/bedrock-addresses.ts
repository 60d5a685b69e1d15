// Where Bedrock is: one host runs models, another lists them; a private endpoint or a relay of one's own does both. Pure.
import type { ProviderSetup, UpstreamContext } from '../provider.ts';

export interface BedrockAddresses {
  readonly region: string;
  readonly messages: string;
  readonly control: string;
}

const DEFAULT_REGION = 'us-east-1';

export function bedrockAddresses(
  { baseUrl, options }: Pick<ProviderSetup, 'baseUrl' | 'options'>,
  env: UpstreamContext['env'],
): BedrockAddresses {
  const inAddress = /\bbedrock-runtime[\w-]*\.([a-z0-9-]+)\.amazonaws\./.exec(baseUrl)?.[1];
  const region =
    options['region'] ?? inAddress ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? DEFAULT_REGION;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const messages = baseUrl === '' ? `https://bedrock-runtime.${region}.${domain}` : baseUrl;
  return { region, messages, control: messages.replace('//bedrock-runtime', '//bedrock') };
}
