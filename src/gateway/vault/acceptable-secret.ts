// What may be kept as a secret: not a claude.ai login, which belongs to Claude Code alone, not a key of Tollgate's own
// door, and nothing with characters that only a slip of the clipboard explains. Pure.
import { GatewayError } from '../gateway-error.ts';

/** Tokens of a Claude login: access, refresh, session. */
const CLAUDE_LOGIN = /^sk-ant-(?:oat|ort|sid)/;

export const isClaudeLogin = (secret: string): boolean => CLAUDE_LOGIN.test(secret);

/** The secret without the blanks around it. Throws REQUEST_INVALID, which does not repeat it. */
export function acceptSecret(text: string, isLocalKey: (value: string) => boolean): string {
  const secret = text.trim();
  if (secret === '') throw refuse('There is no secret in it.');
  if (isClaudeLogin(secret)) {
    throw refuse(
      'That is a token of a Claude login, not an API key. Tollgate does not keep those: give the provider the credential "client", and Claude Code’s own login is passed on.',
    );
  }
  if (isLocalKey(secret)) {
    throw refuse('That is a local key of Tollgate, which opens no provider. Use the provider’s own key.');
  }
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(secret)) {
    throw refuse('It has control characters in it. Copy it once more and try again.');
  }
  return secret;
}

/**
 * True for what can travel in a header line, and for a service account's JSON document, which never does: the sign-in
 * that it describes is made from it.
 */
export function isUsableSecret(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret) || isJsonObject(secret);
}

function isJsonObject(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

const refuse = (message: string): GatewayError => new GatewayError('REQUEST_INVALID', message);
