// The address of Claude in a Foundry resource, from whatever form of it was pasted. Pure.
import type { ProviderSetup, UpstreamContext } from '../provider.ts';

/** Empty when nothing names the resource. */
export function foundryAddress(
  { baseUrl, options }: Pick<ProviderSetup, 'baseUrl' | 'options'>,
  env: UpstreamContext['env'],
): string {
  const resource = options['resource'] ?? env['ANTHROPIC_FOUNDRY_RESOURCE'] ?? '';
  const given = baseUrl === '' && resource !== '' ? `https://${resource}.services.ai.azure.com` : baseUrl;
  const bare = given
    .replace(/\/+$/, '')
    .replace(/\/v1(?:\/messages)?$/, '')
    // A project's page and the resource's OpenAI side are other paths of the same host.
    .replace(/\/(?:anthropic|openai|api\/projects\/[^/]+|models)$/, '');
  return bare === '' ? '' : `${bare}/anthropic`;
}
