// Claude on Amazon Bedrock, by an API key of Bedrock's or by whatever the AWS tools find on the machine.
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { ElsewhereUpstream } from '../claude-elsewhere/elsewhere-upstream.ts';
import { openAddress } from '../claude-elsewhere/unusable.ts';
import type { ProviderDescriptor } from '../provider.ts';
import { bedrockAddresses } from './bedrock-addresses.ts';
import { BedrockPlace } from './bedrock-place.ts';
import { inferenceProfiles } from './model-names.ts';

export const bedrock: ProviderDescriptor = {
  type: 'bedrock',
  label: 'Amazon Bedrock',
  group: 'claude',
  help: 'Claude in your AWS account: paste a Bedrock API key, or leave the key out to use your AWS profile, single sign-on or role.',
  keysUrl: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
  dialect: 'anthropic-messages',
  practice: false,
  servesClaude: true,
  defaultBaseUrl: null,
  defaultCredential: 'none',
  fields: [
    {
      key: 'region',
      label: 'Region',
      help: 'The AWS region that is called; without one, AWS_REGION, else us-east-1.',
      example: 'eu-central-1',
      required: false,
    },
    {
      key: 'inferenceProfile',
      label: 'Inference profile',
      help: 'Prefix put before model names; without one it follows from the region (us, us-gov, eu, else global), and none calls the model in the region itself.',
      example: 'global',
      required: false,
      choices: inferenceProfiles,
    },
    {
      key: 'awsProfile',
      label: 'AWS profile',
      help: 'Name of a profile in your AWS configuration, for a provider without an API key.',
      example: 'work',
      required: false,
    },
  ],
  models: claudeModels,
  tiers: {},
  authorize: () => [],
  createUpstream(setup, context) {
    const addresses = bedrockAddresses(setup, context.env);
    const open = (address: string) => openAddress(setup, context, address, 'its region is no AWS region');
    const messages = open(addresses.messages);
    const control = addresses.control === addresses.messages ? messages : open(addresses.control);
    return new ElsewhereUpstream(new BedrockPlace(setup, context, addresses), { messages, control });
  },
};
