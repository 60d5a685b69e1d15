// The flat list of provider types. Adding one is a folder beside this file and a line here.
import { anthropic } from './anthropic/descriptor.ts';
import { practice } from './practice/descriptor.ts';
import type { ProviderDescriptor } from './provider.ts';

export const descriptors: readonly ProviderDescriptor[] = [anthropic, practice];

export const providerTypes: readonly string[] = descriptors.map((descriptor) => descriptor.type);

const byType = new Map(descriptors.map((descriptor) => [descriptor.type, descriptor]));
if (byType.size !== descriptors.length) throw new Error('two provider descriptors share a type');

/** The settings are checked against `providerTypes` on reading, so an unknown type here is a fault of ours. */
export function descriptorOf(type: string): ProviderDescriptor {
  const descriptor = byType.get(type);
  if (descriptor === undefined) throw new Error(`no provider type "${type}"`);
  return descriptor;
}
