// Whose address it is, as far as the host name tells: for labels and names of imported providers. Pure.
import { ProviderSettings } from '../../contract/settings.ts';

interface Vendor {
  readonly label: string;
  /** Fit to be a provider's id. */
  readonly slug: string;
  readonly isAnthropic: boolean;
  /** Why the address cannot be a provider's; null when it can. */
  readonly problem: string | null;
}

const known: readonly (readonly [hosts: RegExp, label: string, slug: string])[] = [
  [/(^|\.)deepseek\.com$/, 'DeepSeek', 'deepseek'],
  [/(^|\.)moonshot\.(ai|cn)$|(^|\.)kimi\.com$/, 'Moonshot', 'moonshot'],
  [/(^|\.)z\.ai$|(^|\.)bigmodel\.cn$/, 'Z.ai', 'zai'],
  [/(^|\.)minimaxi?\.(io|com)$/, 'MiniMax', 'minimax'],
  [/(^|\.)openrouter\.ai$/, 'OpenRouter', 'openrouter'],
  [/(^|\.)aliyuncs\.com$/, 'Alibaba Cloud', 'alibaba'],
];

const anthropic: Vendor = { label: 'Anthropic', slug: 'anthropic', isAnthropic: true, problem: null };

/** Null stands for Anthropic's own address. */
export function vendorOf(baseUrl: string | null): Vendor {
  if (baseUrl === null) return anthropic;
  const url = URL.parse(baseUrl);
  if (url === null) {
    return { label: 'Unknown', slug: 'imported', isAnthropic: false, problem: 'Its address is not valid.' };
  }
  if (url.hostname === 'api.anthropic.com' && url.pathname === '/') return anthropic;
  const vendor = known.find(([hosts]) => hosts.test(url.hostname));
  const isUsable = ProviderSettings.shape.baseUrl.safeParse(baseUrl).success;
  return {
    label: vendor?.[1] ?? url.host,
    slug: vendor?.[2] ?? slugOf(url.hostname),
    isAnthropic: false,
    problem: isUsable
      ? null
      : 'Its address has a user name, query or fragment, or is not http:// or https://; add that provider by hand.',
  };
}

function slugOf(host: string): string {
  const slug = host
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 48);
  return slug === '' ? 'imported' : slug;
}
