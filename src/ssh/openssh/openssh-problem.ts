// What the system's ssh said when it gave up, as an error.
import { Unreachable } from '../../engine/session/connection.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { Passing } from '../passing.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at } from '../client/tcp.ts'

const PASSING = new RegExp(
  [
    'kex_exchange_identification',
    'ssh_exchange_identification',
    'banner exchange',
    'Connection reset by peer',
    'Connection closed by remote host',
    'Temporary failure in name resolution',
  ].join('|'),
  'i',
)
const LINES = 20

/** ssh's own words, which are clear; with advice where it has none. */
export function opensshProblem(said: Untrusted, target: SshTarget): Unreachable {
  const lines = said
    .trim()
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .slice(-LINES)
  const words = lines.join('\n') || 'it ended without a word'
  const denied = lines.findLast((line) => /permission denied/i.test(line))
  if (denied !== undefined) return new Unreachable(`${at(target)}: permission denied for ${target.user}: ${words}`)
  if (/No \S+ host key is known|Host key verification failed/.test(words) && !/has changed|revoked/i.test(words)) {
    const advice = 'compare its key with the one on the host, and add it to known_hosts, or say --accept-new'
    return new Unreachable(`${at(target)}: ${words}\n${advice}`)
  }
  const Kind = PASSING.test(words) && !/host key|permission/i.test(words) ? Passing : Unreachable
  return new Kind(`${at(target)}: ${words}`)
}
