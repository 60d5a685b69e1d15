// Ids of tool calls as the client gets them: a provider's own where Anthropic would take it, else a stable one (T13).
import { createHash } from 'node:crypto';

const acceptable = /^[a-zA-Z0-9_-]{1,64}$/;

export function toolUseId(id: string): string {
  if (acceptable.test(id)) return id;
  return `toolu_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}
