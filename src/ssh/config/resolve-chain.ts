// The way to a destination through ProxyJump, each hop resolved for itself.
import { MailrunError } from '../../core/mailrun-error.ts'
import { fromBytes, toBytes } from './files/bytes.ts'
import { hopText } from './keywords/jump.ts'
import { sshValue, type SshOption } from './files/option.ts'
import type { SshConfig } from './files/read-ssh-config.ts'
import type { Destination } from './resolved.ts'
import { resolveSsh } from './resolve-ssh.ts'
import type { SshSettings } from './ssh-settings.ts'

const MAX_HOPS = 32

/**
 * Every host to log in to, the first hop first and the destination last. As with ssh, a hop goes by the same files, but
 * not by the options of the destination; one that stands first in its list may have a ProxyJump of its own.
 *
 * @param flags - what comes first for every host on the way.
 * @throws MailrunError with file:line, as `resolveSsh` does, and where hops lead back to where they came from.
 * @example const [bastion, mx1] = await resolveChain(config, { host: 'mx1', options: [] }, [])
 */
export async function resolveChain(
  config: SshConfig,
  destination: Destination,
  flags: readonly SshOption[],
): Promise<readonly SshSettings[]> {
  const chain: SshSettings[] = []
  const seen = new Set<string>()
  for (let next: Destination | undefined = destination; next !== undefined;) {
    const settings: SshSettings = await resolveSsh(config, { host: next.host, options: [...flags, ...next.options] })
    const where = jumpPlace(settings)
    const ahead = settings.proxyJump.map(({ user, host, port }) => `${user ?? ''}@${host}:${port ?? ''}`).join(',')
    const key = `${settings.user}@${settings.hostName}:${settings.port} through ${ahead}`
    if (seen.has(key) || chain.length >= MAX_HOPS) {
      const way = [...chain.map(({ host }) => host).reverse(), settings.host].join(' through ')
      throw new MailrunError(`proxyjump: the way to ${destination.host} leads in a circle: ${way}`, where)
    }
    seen.add(key)
    chain.unshift(settings)
    next = beforeIt(settings, where)
  }
  return chain
}

const jumpPlace = ({ all }: SshSettings): string | undefined =>
  all.find(({ keyword }) => keyword === 'proxyjump')?.where

/** ssh runs `ssh -l USER -p PORT -J OTHERS HOST` for the last of its hops. */
function beforeIt({ proxyJump }: SshSettings, where = 'ProxyJump'): Destination | undefined {
  const last = proxyJump.at(-1)
  if (last === undefined) return undefined
  const others = proxyJump
    .slice(0, -1)
    .map(({ user, host, port }) =>
      fromBytes(hopText({ user: user === undefined ? undefined : toBytes(user), host: toBytes(host), port })),
    )
  return {
    host: last.host,
    options: [
      ...(last.user === undefined ? [] : [sshValue('User', last.user, where)]),
      ...(last.port === undefined ? [] : [sshValue('Port', String(last.port), where)]),
      ...(others.length === 0 ? [] : [sshValue('ProxyJump', others.join(','), where)]),
    ],
  }
}
