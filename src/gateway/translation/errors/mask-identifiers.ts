// Takes out of a provider's sentence what names the user's account: keys, ARNs, organisations, projects, tenants (P23).
// The words around them stay, because clients match them.

const masks: readonly (readonly [RegExp, string])[] = [
  [/\barn:aws[\w-]*:[^\s"',)]+/g, '[arn]'],
  [/\b(?:sk|rk|pk|gsk|xai|tgp|nvapi|hf|fw|csk|pplx|r8|ghp)[-_](?=[\w*.-]*[\d*])[\w*.-]{5,}[\w*]/g, '[key]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[key]'],
  [/\bAIza[\w*-]{10,}/g, '[key]'],
  [/\bBearer\s+[\w.~+/=-]{8,}/gi, 'Bearer [key]'],
  [/\b(api[ _-]?key(?: provided)?:? +)(?=[\w*.-]*[\d*])[\w*.-]{4,}[\w*]/gi, '$1[key]'],
  [/\borg[-_][\w-]{5,}/g, '[organization]'],
  [/\bproj_[\w-]{6,}/g, '[project]'],
  [/\bprojects\/[\w.:-]+/g, 'projects/[project]'],
  [/\b(project(?:_number|_id)?[ :=]+)['"`]?(?=[\w-]*\d)[a-z\d][\w-]{5,}['"`]?/gi, '$1[project]'],
  [/\/subscriptions\/[0-9a-f-]{36}/gi, '/subscriptions/[subscription]'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '[id]'],
  [/\b(account(?: id)?[ :=#]+)\d{12}\b/gi, '$1[account]'],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi, '[address]'],
];

export function maskIdentifiers(text: string): string {
  return masks.reduce((masked, [pattern, label]) => masked.replace(pattern, label), text);
}
