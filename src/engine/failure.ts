// Describes how a change failed: its exit status or signal, the end of its output, and what to do about a fault of the
// host that the output shows.
import type { Untrusted } from '../shell/untrusted.ts'

export interface FailedChange {
  readonly code: number
  readonly output: Untrusted
  readonly seconds: number
  readonly timeoutSeconds: number
}

const SHOWN_LINES = 20
const SHOWN_CHARACTERS = 4000

/** What the C library and the programs say under LC_ALL=C, and the way out. */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /No space left on device|not enough free space/i,
    'the file system is full, or has no inodes left: see df -h and df -i, make room, and run again',
  ],
  [
    /Read-only file system/,
    'the file system is read-only: see mount and journalctl -k (a disk that fails is remounted so), ' +
      'make it writable, and run again',
  ],
  [
    /^(?:cannot|(?:mv|chmod|chown|rm|ln|sh|cp|touch):) .*Operation not permitted/m,
    'root is refused: is the file immutable (lsattr; chattr -i), or this a container without the right?',
  ],
  [
    /Cannot fork|Resource temporarily unavailable/,
    'the host has no process to spare: see ulimit -u, the pids limit of the unit (systemctl status), ' +
      'and who uses them up',
  ],
  [
    /Cannot allocate memory|virtual memory exhausted|Out of memory/i,
    'the host is short of memory: see free and journalctl -k',
  ],
  [
    /Unmet dependencies|unmet dependencies|dependency problems - leaving unconfigured/,
    'packages on the host are broken: see apt-get check, fix them with apt --fix-broken install, and run again',
  ],
]

/**
 * GNU timeout(1) ends with 124 when the time is up, 137 when it had to kill; a command may end with these by itself.
 */
export function failureOf({ code, output, seconds, timeoutSeconds }: FailedChange): string {
  const said = shownOf(output)
  const timeIsUp = (code === 124 || code === 137) && seconds >= timeoutSeconds - 1
  const killed =
    code === 137 ? 'exit status 137, killed by signal 9: out of memory? (journalctl -k)' : `exit status ${code}`
  const how = timeIsUp ? `not done within ${timeoutSeconds} s, and ended` : killed
  const remedy = REMEDIES.find(([pattern]) => pattern.test(said))?.[1]
  return [how, ...(said === '' ? [] : [said]), ...(remedy === undefined ? [] : [`→ ${remedy}`])].join('\n')
}

/** The last lines, and of these no more than fits a screen. */
function shownOf(output: Untrusted): string {
  const last = output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
  return last.length > SHOWN_CHARACTERS ? `… ${last.slice(-SHOWN_CHARACTERS)}` : last
}
