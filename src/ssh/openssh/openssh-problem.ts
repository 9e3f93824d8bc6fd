// Makes an error from what the system's ssh printed when it failed.
import { Refused, Unreachable } from '../../engine/session/connection.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { RefusedByJumpHost } from './jump-logins.ts'
import { TransientFailure } from '../transient.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at } from '../client/tcp.ts'

/** The connection was closed before sshd's identification; ssh does not say what sshd said first. */
export class ClosedUnheard extends TransientFailure {}

const UNHEARD = /kex_exchange_identification|ssh_exchange_identification/i
const TRANSIENT = new RegExp(
  [
    'banner exchange',
    'Connection reset by peer',
    'Connection closed by remote host',
    'Temporary failure in name resolution',
  ].join('|'),
  'i',
)
/** sshd was reached, and the login is over. */
const FINAL = /permission denied|too many authentication failures|host key/i
const LINES = 20

/** ssh's own words, which are clear; with advice where it has none. */
export function opensshProblem(said: Untrusted, target: SshTarget): Unreachable {
  const lines = said
    .trim()
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .slice(-LINES)
  const words = lines.join('\n') || 'it ended without a word'
  if (FINAL.test(words)) return refusal(words, target)
  const Kind = UNHEARD.test(words) ? ClosedUnheard : TRANSIENT.test(words) ? TransientFailure : Unreachable
  return new Kind(`${at(target)}: ${words}`)
}

function refusal(words: Untrusted, target: SshTarget): Refused {
  // Where a jump host's ssh ends, the host's finds its connection closed before anything has come.
  const isAtJumpHost = target.jumps.length > 0 && UNHEARD.test(words)
  const Kind = isAtJumpHost ? RefusedByJumpHost : Refused
  const who = isAtJumpHost ? `${at(target)}: on the way there` : at(target)
  if (/permission denied/i.test(words)) {
    const user = isAtJumpHost ? 'by a jump host' : `for ${target.user}`
    return new Kind(`${who}: permission denied ${user}: ${words}`)
  }
  if (/No \S+ host key is known|Host key verification failed/.test(words) && !/has changed|revoked/i.test(words)) {
    const advice = 'compare its key with the one on the host, and add it to known_hosts, or say --accept-new'
    return new Kind(`${who}: ${words}\n${advice}`)
  }
  return new Kind(`${who}: ${words}`)
}
