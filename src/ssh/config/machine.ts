// What a configuration may ask about this machine: who runs, where homes are, which services have which port.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { toBytes } from './files/bytes.ts'

/** All texts as bytes. */
export interface Here {
  readonly user: string
  /** Of the passwd entry, which OpenSSH goes by, not $HOME. */
  readonly home: string
  readonly uid: number
  readonly hostName: string
  readonly env: (name: string) => string | undefined
}

let here: Here | undefined

/** Found once: it is asked for with each option of each host. */
export const hereOf = (): Here => (here ??= find())

function find(): Here {
  const { username, homedir, uid } = userInfo()
  const env = (name: string): string | undefined => {
    const value = process.env[name]
    return value === undefined ? undefined : toBytes(value)
  }
  return { user: toBytes(username), home: toBytes(homedir), uid, hostName: toBytes(hostname()), env }
}

const homes = new Map<string, string | undefined>()

/** The home of another user, from passwd(5) or what getent(1) knows. */
export function homeOf(user: string): string | undefined {
  if (!homes.has(user)) {
    homes.set(
      user,
      linesOf('/etc/passwd')
        .find((line) => line.startsWith(`${user}:`))
        ?.split(':')[5] ?? askedHome(user),
    )
  }
  return homes.get(user)
}

function askedHome(user: string): string | undefined {
  if (user === '' || user.startsWith('-') || user.includes('\0')) return undefined
  try {
    return toBytes(
      execFileSync('getent', ['passwd', Buffer.from(user, 'latin1').toString('utf8')], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ).split(':')[5]
  } catch {
    return undefined
  }
}

let services: ReadonlyMap<string, number> | undefined

/** services(5): the TCP port of a service. */
export function servicePort(name: string): number | undefined {
  services ??= new Map(
    linesOf('/etc/services')
      .flatMap((line) => {
        const [first = '', port = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
        const number = /^(\d+)\/tcp$/.exec(port)?.[1]
        return number === undefined ? [] : [first, ...aliases].map((each) => [each, Number(number)] as const)
      })
      .reverse(),
  )
  return services.get(name)
}

export function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'latin1').split('\n')
  } catch {
    return []
  }
}
