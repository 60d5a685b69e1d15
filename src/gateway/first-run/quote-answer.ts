// Quotes what a provider said, so that nothing of the secret is repeated, also when the provider repeats it. Pure.
import { maskWithin } from '../claude-code/mask-secrets.ts';

const LONGEST_QUOTE = 200;
const SECRET_PIECE = 6;

/** What the provider said, as a sentence of its own; words that hold a piece of the secret are left out. */
export function quoteAnswer(message: string, secret: string | null): string {
  const words = message
    .slice(0, 2000)
    .split(/\s+/)
    .filter((word) => word !== '');
  const harmless = words.map((word) => (sharesPiece(word, secret) ? '…' : word)).join(' ');
  const said = maskWithin(harmless).slice(0, LONGEST_QUOTE);
  return said === '' ? '' : ` It says: “${said}”`;
}

function sharesPiece(word: string, secret: string | null): boolean {
  if (secret === null || secret === '') return false;
  if (secret.length < SECRET_PIECE) return word.includes(secret);
  for (let index = 0; index + SECRET_PIECE <= secret.length; index++) {
    if (word.includes(secret.slice(index, index + SECRET_PIECE))) return true;
  }
  return false;
}
