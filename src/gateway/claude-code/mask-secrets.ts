// Makes a settings text fit to be shown: string values that are, or may be, secrets are cut to their last four
// characters. Line structure stays, so that a diff of the raw text can be printed from the masked lines. Pure.
import { applyEdits } from 'jsonc-parser';
import type { Edit, Node } from 'jsonc-parser';
import { parseDocument, propertiesOf } from './settings-text.ts';
import type { Dialect } from './settings-text.ts';

const secretName = /key|token|secret|passw|credential|auth|cookie|header/i;
/** Names the pattern above catches though their values are plain. */
const plainNames = new Set(['ENABLE_TOOL_SEARCH', 'CLAUDE_CODE_GATEWAY_HINT_HEADERS', 'ANTHROPIC_BASE_URL']);
const plainValue = /^(true|false|\d{1,7})?$/;
/** Secrets inside longer texts: known prefixes and `Bearer …`. */
const knownSecret =
  /\b(?:sk-|tgc?-|gh[pousr]_|github_pat_|xox[a-z]-|AKIA|AIza|eyJ)[-\w.]{8,}|(?<=\b(?:Bearer|Basic)\s+)[^\s"']+/g;
/** Long runs of characters are taken for secrets when digits are among them. */
const longRun = /[\w+=-]{32,}/g;
const userInfo = /(?<=:\/\/)[^\s/@]+(?=@)/g;
const secretParameter = /(?<=[?&][^=&\s]*(?:key|token|secret|sig|auth|passw)[^=&\s]*=)[^&\s"']+/gi;

/** The last four characters behind an ellipsis; `tg-` is kept in front, as it says whose key it is. */
export function maskSecret(secret: string): string {
  const owner = secret.startsWith('tg-') ? 'tg-' : '';
  return secret.length < 12 ? `${owner}…` : `${owner}…${secret.slice(-4)}`;
}

/** A text outside of a settings file, such as an address in a sentence. */
export function maskWithin(text: string): string {
  return text
    .replace(userInfo, '…')
    .replace(secretParameter, '…')
    .replace(knownSecret, maskSecret)
    .replace(longRun, (run) => (/\d/.test(run) ? maskSecret(run) : run));
}

/** The value of a named setting, fit to be shown; other values than strings as JSON. */
export function maskValue(name: string, value: unknown): string {
  if (typeof value === 'string') return maskText(name, value);
  const text = JSON.stringify({ [name]: value });
  return maskSettings(text).slice(JSON.stringify(name).length + 2, -1);
}

/** The same settings text with every secret masked; text that is not valid settings comes back as one ellipsis. */
export function maskSettings(text: string, dialect: Dialect = 'json'): string {
  const document = parseDocument(text, dialect);
  if (!document.ok) return '…';
  const edits: Edit[] = [];
  collect(document.root, '', edits);
  const masked = applyEdits(document.body, edits);
  return document.mark + (dialect === 'jsonc' ? maskComments(masked) : masked);
}

function maskComments(body: string): string {
  return body.replace(/"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g, (text) =>
    text.startsWith('"') ? text : maskWithin(text),
  );
}

/** `name`: the nearest property name above the node. */
function collect(node: Node | null, name: string, edits: Edit[]): void {
  if (node === null) return;
  if (node.type === 'object') {
    const properties = propertiesOf(node);
    // `{ "name": …, "value": … }`, as editors write variables: the value is as secret as its name says.
    const own: unknown = properties.find((property) => property.name === 'name')?.value.value;
    for (const property of properties) {
      const isNamed = property.name === 'value' && typeof own === 'string';
      collect(property.value, isNamed ? own : property.name, edits);
    }
    return;
  }
  for (const child of node.children ?? []) collect(child, name, edits);
  if (node.type !== 'string') return;
  const value = String(node.value);
  const masked = maskText(name, value);
  if (masked !== value)
    edits.push({ offset: node.offset, length: node.length, content: JSON.stringify(masked) });
}

function maskText(name: string, value: string): string {
  if (!isSecret(name, value)) return maskWithin(value);
  if (/_HEADERS$/i.test(name)) return value.split('\n').map(maskHeaderLine).join('\n');
  return maskCredential(value);
}

/** `Name: …`: what a header carries may be a secret under any name. */
function maskHeaderLine(line: string): string {
  const [, name, value] = /^([^:]*:[ \t]*)(.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return line === '' ? '' : '…';
  return name + (plainValue.test(value) ? value : maskCredential(value));
}

function maskCredential(value: string): string {
  const [, scheme, secret] = /^((?:Bearer|Basic)\s+)(.+)$/.exec(value) ?? [];
  return scheme === undefined || secret === undefined ? maskSecret(value) : scheme + maskSecret(secret);
}

function isSecret(name: string, value: string): boolean {
  return secretName.test(name) && !plainNames.has(name) && !plainValue.test(value);
}
