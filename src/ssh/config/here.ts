// What an ssh_config can refer to on this machine: the user who runs mailrun, and the homes of users.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

export interface Here {
  readonly user: string
  /** Of the passwd entry, which OpenSSH goes by, not $HOME. */
  readonly home: string
  readonly uid: number
  readonly hostName: string
}

let here: Here | undefined

/** Found once in a process. */
export function hereOf(): Here {
  if (here !== undefined) return here
  const { username, homedir, uid } = userInfo()
  return (here = { user: username, home: homedir, uid, hostName: hostname() })
}

const homes = new Map<string, string | undefined>()

/** The home of another user, from passwd(5) or what getent(1) knows. */
export function homeOf(user: string): string | undefined {
  if (!homes.has(user)) homes.set(user, homeIn(passwd(), user) ?? askedHome(user))
  return homes.get(user)
}

const homeIn = (lines: readonly string[], user: string): string | undefined =>
  lines.find((line) => line.startsWith(`${user}:`))?.split(':')[5]

function passwd(): readonly string[] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n')
  } catch {
    return []
  }
}

function askedHome(user: string): string | undefined {
  if (user === '' || user.startsWith('-') || user.includes('\0')) return undefined
  try {
    const said = execFileSync('getent', ['passwd', user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return homeIn(said.split('\n'), user)
  } catch {
    return undefined
  }
}
