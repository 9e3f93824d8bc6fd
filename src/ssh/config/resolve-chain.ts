// Finds the jump hosts (ProxyJump) on the way to a destination, each with its own settings.
import { MailrunError } from '../../core/mailrun-error.ts'
import { hopText } from './jump.ts'
import type { SshResolver } from './resolver.ts'
import { jumpPlace } from './settings-of.ts'
import type { Destination } from './share/destination.ts'
import type { SshSettings } from './ssh-settings.ts'

const MAX_HOPS = 32

/**
 * Every host to log in to, the first hop first and the destination last. As with ssh, a hop goes by the same files, but
 * not by the options of the destination; one that stands first in its list may have a ProxyJump of its own.
 *
 * @throws MailrunError with file:line for what ssh refuses, and where hops lead back to where they came from.
 * @example const [bastion, mx1] = await resolveChain(resolver, destination('mx1'))
 */
export async function resolveChain(resolver: SshResolver, to: Destination): Promise<readonly SshSettings[]> {
  const chain: SshSettings[] = []
  const seen = new Set<string>()
  for (let next: Destination | undefined = to; next !== undefined;) {
    const settings: SshSettings = await resolver.resolve(next)
    const where = jumpPlace(resolver.scanFor(next), settings.proxyJump.at(-1)?.host ?? '')
    const ahead = settings.proxyJump.map(hopText).join()
    const key = `${settings.user}@${settings.hostName}:${settings.port} through ${ahead}`
    if (seen.has(key) || chain.length >= MAX_HOPS) {
      const way = [...chain.map(({ host }) => host).reverse(), settings.host].join(' through ')
      throw new MailrunError(`proxyjump: the way to ${to.host} leads in a circle: ${way}`, where)
    }
    seen.add(key)
    chain.unshift(settings)
    next = beforeIt(settings, to, where)
  }
  return chain
}

/** ssh runs `ssh -l USER -p PORT -J OTHERS HOST` for the last of its hops. */
function beforeIt(
  { proxyJump }: SshSettings,
  { program }: Destination,
  where: string | undefined,
): Destination | undefined {
  const last = proxyJump.at(-1)
  if (last === undefined) return undefined
  const others = proxyJump.slice(0, -1).map(hopText).join(',')
  const isNumber = /^\d+$/.test(last.port ?? '0')
  return {
    host: last.host,
    user: last.user,
    port: isNumber && last.port !== undefined ? Number(last.port) : undefined,
    keyFile: undefined,
    before: isNumber ? [] : ['-p', last.port!],
    after: others === '' ? [] : ['-J', others],
    lines: others === '' ? [] : [{ keyword: 'proxyjump', words: [others], rest: others, where: where ?? 'ProxyJump' }],
    where,
    program,
  }
}
