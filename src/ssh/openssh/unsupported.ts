// Finds the settings of a host that only the system's ssh supports.
import type { SshSettings } from '../config/ssh-settings.ts'
import { CIPHERS, HOST_KEYS, KEX, MACS } from '../client/algorithms.ts'
import { hostKeyCheck } from '../host-keys/host-key.ts'
import type { SshTarget } from '../ssh-target.ts'

const METHODS = ['publickey', 'password', 'keyboard-interactive', 'none']

/**
 * Each is a text that names the keyword of ssh_config(5). An empty list: mailrun's own client supports everything.
 *
 * @param exists - whether a file exists.
 */
export function unsupportedIn(
  settings: SshSettings,
  target: Omit<SshTarget, 'unsupported' | 'passedOver'>,
  exists: (path: string) => boolean,
): readonly string[] {
  const { algorithms } = target
  const none = (chosen: readonly string[] | undefined, ours: readonly string[]): boolean =>
    chosen !== undefined && !chosen.some((name) => ours.includes(name))
  const certificate = target.identityFiles.find(({ path }) => exists(`${path}-cert.pub`))
  const isLocal = /^(?:localhost|127\.|::1$)/.test(settings.hostName)
  const named = settings.forOpenssh.filter((name) => name !== 'NoHostAuthenticationForLocalhost' || isLocal)
  const all: readonly (readonly [boolean, string])[] = [
    ...named.map((name) => [true, name] as const),
    [certificate !== undefined, `the certificate ${certificate?.path ?? ''}-cert.pub`],
    [
      settings.preferredAuthentications?.every((name) => !METHODS.includes(name)) === true,
      `PreferredAuthentications ${settings.preferredAuthentications?.join(',') ?? ''}`,
    ],
    [target.master.kind === 'stands', 'a master connection that stands (ControlPath)'],
    [none(algorithms.kex, KEX), 'KexAlgorithms'],
    [none(algorithms.cipher, CIPHERS), 'Ciphers'],
    [none(algorithms.mac, MACS), 'MACs'],
    [none(algorithms.hostKey, HOST_KEYS), 'HostKeyAlgorithms'],
    [hostKeyCheck(target.hostKey).needsCertificates, '@cert-authority of known_hosts'],
  ]
  return all.flatMap(([is, what]) => (is ? [what] : []))
}
