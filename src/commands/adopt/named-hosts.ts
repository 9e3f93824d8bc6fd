// Parses hosts that are named on the command line in ssh(1)'s form: `mx1.example.org`, `root@mx2.example.org:2222`.
import { isIPv6 } from 'node:net'
import { splitPort } from '../../inventory/host-pattern.ts'
import type { ConnectionVars } from '../../mail/adoption.ts'
import type { Host } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { MailrunError } from '../../core/mailrun-error.ts'

export interface NamedHost {
  readonly name: string
  readonly user: string | undefined
  readonly port: number | undefined
}

const USER = /^[a-z_][\w.-]*\$?$/i
const HOST = /^[a-z0-9](?:[\w.-]*\w)?$/i
export const WANTED = 'wanted: mailrun adopt [user@]host[:port] …, or -i <inventory>'

/** @throws MailrunError for what names no host, and for one that is named twice */
export function namedHosts(words: readonly string[]): readonly NamedHost[] {
  const hosts = words.map(namedHost)
  const twice = hosts.find(({ name }, index) => hosts.findIndex((each) => each.name === name) < index)
  if (twice !== undefined) throw new MailrunError(`${twice.name} is named twice`)
  return hosts
}

function namedHost(word: string): NamedHost {
  if (/[/]|\.(?:ya?ml|ini|json|[mc]?[jt]s)$/.test(word))
    throw new MailrunError(`${word} is no host; an inventory goes behind -i (-i ${word})`)
  const at = word.lastIndexOf('@')
  const user = at === -1 ? undefined : word.slice(0, at)
  const { host, port } = splitPort(word.slice(at + 1))
  const isUser = user === undefined || USER.test(user)
  const isHost = HOST.test(host) || isIPv6(host)
  if (!isUser || !isHost) throw new MailrunError(`${JSON.stringify(word)} names no host; ${WANTED}`)
  return { name: host, user, port }
}

/** As `-i` takes them. */
export const listOf = (hosts: readonly NamedHost[]): string => hosts.map(({ name }) => `${name},`).join('')

/** With the users and ports that they were named with. */
export function reachedAs(inventory: Inventory, named: readonly NamedHost[]): Inventory {
  const by = new Map(named.map((each) => [each.name, each]))
  const reached = (host: Host): Host => {
    const { user, port } = by.get(host.name) ?? {}
    const { address } = host
    return { ...host, address: { ...address, user: user ?? address.user, port: port ?? address.port } }
  }
  return { ...inventory, hosts: inventory.hosts.map(reached) }
}

/** What flags say of how all of them are reached; passwords stay out of files. */
export interface ReachedBy {
  readonly user?: string | undefined
  readonly become?: boolean | undefined
  readonly becomeMethod?: string | undefined
  readonly becomeUser?: string | undefined
}

/** What an inventory is to say of them. */
export const connectionVars = (
  named: readonly NamedHost[],
  { user: login, become, becomeMethod, becomeUser }: ReachedBy,
): ReadonlyMap<string, ConnectionVars> =>
  new Map(
    named.map(({ name, user, port }) => [
      name,
      {
        ...((user ?? login) === undefined ? {} : { ansible_user: user ?? login! }),
        ...(port === undefined ? {} : { ansible_port: port }),
        ...(become === true ? { ansible_become: true } : {}),
        ...(becomeMethod === undefined ? {} : { ansible_become_method: becomeMethod }),
        ...(becomeUser === undefined ? {} : { ansible_become_user: becomeUser }),
      },
    ]),
  )
