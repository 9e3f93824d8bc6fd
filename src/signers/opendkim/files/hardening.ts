// Computes what OpenDKIM's unit may do and see (systemd.exec(5)): only what the configuration of the host needs.
import type { Untrusted } from '../../../shell/untrusted.ts'

export interface Hardening {
  /** Names and values of settings of systemd.exec(5), in the order of the drop-in. */
  readonly properties: readonly (readonly [name: string, value: string])[]
  /** The directory of its PID file, which the daemon must be able to write as its own user; none where it has none. */
  readonly pidDirectory: string | undefined
}

/**
 * For the unit of an OpenDKIM with these settings. `unfit` says which settings exclude the hardening.
 *
 * The daemon starts as its own user, not as root. So it needs no capability, and `systemctl reload` may signal it.
 *
 * @param settings - the settings in effect, with options of its command line; by name in lower case
 * @param keys - the paths of the private keys that sign
 */
export function hardeningFor(
  settings: ReadonlyMap<string, Untrusted>,
  keys: readonly Untrusted[],
): Hardening | { readonly unfit: string } {
  const user = /^([a-z_][\w-]*)(?::([a-z_][\w-]*))?$/.exec(settings.get('userid') ?? '')
  if (user === null || user[1] === 'root')
    return { unfit: 'UserID names no user of its own, and as root OpenDKIM needs the rights that hardening removes' }
  if (settings.has('changerootdirectory')) return { unfit: 'ChangeRootDirectory needs root' }
  const named = [...keys, ...[...settings.values()].flatMap(pathsIn)]
  const isIn = (...directories: readonly string[]): boolean =>
    named.some((path) => directories.some((directory) => path.startsWith(directory)))
  const writable = directoriesToWrite(settings)
  return {
    properties: [
      ['User', user[1]!],
      ...(user[2] === undefined ? [] : ([['Group', user[2]]] as const)),
      ['NoNewPrivileges', 'yes'],
      ['CapabilityBoundingSet', ''],
      ['ProtectSystem', 'strict'],
      // Without this they stay writable, because systemd mounts /run again for ProtectControlGroups.
      ['ReadOnlyPaths', '/run -/dev/shm'],
      ...(writable.length === 0 ? [] : ([['ReadWritePaths', writable.map((path) => `-${path}`).join(' ')]] as const)),
      ['ProtectHome', isIn('/home/', '/root/', '/run/user/') ? 'read-only' : 'yes'],
      ...(isIn('/tmp/', '/var/tmp/') ? [] : ([['PrivateTmp', 'yes']] as const)),
      ...ALWAYS,
    ],
    pidDirectory: directoryOf(settings.get('pidfile')),
  }
}

/** Settings that fit every configuration of OpenDKIM. */
const ALWAYS: Hardening['properties'] = [
  ...[
    'PrivateDevices',
    'ProtectClock',
    'ProtectControlGroups',
    'ProtectHostname',
    'ProtectKernelLogs',
    'ProtectKernelModules',
    'ProtectKernelTunables',
    'LockPersonality',
    'MemoryDenyWriteExecute',
    'RestrictNamespaces',
    'RestrictRealtime',
    'RestrictSUIDSGID',
  ].map((name): [string, string] => [name, 'yes']),
  ['ProtectProc', 'invisible'],
  ['ProcSubset', 'pid'],
  // The resolver of the C library uses netlink to find the addresses of the host.
  ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallFilter', '~@privileged @resources'],
  ['SystemCallErrorNumber', 'EPERM'],
]

/** The text of the drop-in. */
export const hardeningText = ({ properties }: Hardening): string =>
  [
    '# Written by mailrun: what OpenDKIM can do without. Other drop-ins go before it, being read later.',
    '[Service]',
    ...properties.map(([name, value]) => `${name}=${value}`),
    '',
  ].join('\n')

/** The directories of its socket, its PID file, its statistics and its diagnostics. */
function directoriesToWrite(settings: ReadonlyMap<string, Untrusted>): readonly string[] {
  const files = ['socket', 'pidfile', 'statistics'].map((name) => directoryOf(settings.get(name)))
  const directories = ['diagnosticdirectory', 'temporarydirectory'].map((name) => settings.get(name))
  const all = [...files, ...directories].filter((path) => path !== undefined && isPlain(path))
  return [...new Set(all as readonly string[])]
}

/** `/run/opendkim` of `local:/run/opendkim/opendkim.sock`. */
function directoryOf(value: Untrusted | undefined): string | undefined {
  const path = /^(?:local:|unix:)?(\/.*)\/[^/]+$/.exec(value ?? '')?.[1]
  return path !== undefined && isPlain(path) ? path : undefined
}

/** A directory with more than one component, and without characters that are special for systemd. */
const isPlain = (path: Untrusted): boolean => /^(?:\/[\w@+.-]+){2,}$/.test(path) && !/^\/var\/run$/.test(path)

/** Absolute paths in a value: `refile:/etc/x`, `/a,/b`, `10025@…` none. */
const pathsIn = (value: Untrusted): readonly string[] => value.split(/[\s,:=]+/).filter((word) => word.startsWith('/'))
