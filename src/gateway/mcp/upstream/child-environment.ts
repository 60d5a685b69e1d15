// What an MCP server's process may see of our environment: an allow-list, never our own keys or other servers' secrets
// (R57). What a server needs beyond that stands in its settings.

type Environment = Readonly<Record<string, string | undefined>>;

const posixNames = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'PATH',
  'SHELL',
  'TERM',
  'TMPDIR',
  'TZ',
  'USER',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
];
const windowsNames = [
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATH',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
];

/** The inherited part of a server's environment. Names on Windows know no case. */
export function inheritedEnvironment(env: Environment, platform: NodeJS.Platform): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const known =
      platform === 'win32' ? windowsNames.includes(name.toUpperCase()) : posixNames.includes(name);
    // A function exported by a shell would be run by the next one.
    if (known && value !== undefined && !value.startsWith('()')) kept[name] = value;
  }
  return kept;
}
