// Explains why sshd closed a connection before its identification, from what it sent first.
import type { Untrusted } from '../shell/untrusted.ts'
import { NotNow, TransientFailure } from './transient.ts'

const LINES = 6
const LINE_CHARACTERS = 500

/**
 * The texts that sshd sends (drop_connection of sshd.c). Before OpenSSH 9.8, it sends them only for MaxStartups; since
 * then also for PerSourcePenalties and PerSourceMaxStartups.
 */
const NOT_NOW = 'Not allowed at this time'
const TOO_MANY = 'Exceeded MaxStartups'

/**
 * @param at - the host, for the message.
 * @param said - what came before the identification; may be empty.
 * @param how - how the connection ended.
 */
export function turnedAway(at: string, said: Untrusted, how: string): TransientFailure {
  const lines = said
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES)
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)} …` : line))
  if (lines.includes(NOT_NOW)) {
    return new NotNow(
      `${at}: sshd refuses connections from here for now ("${NOT_NOW}")\n` +
        'it does so after failed logins (PerSourcePenalties of its sshd_config), or where too many log in at once ' +
        '(MaxStartups): `journalctl -u ssh` there says which; correct the logins that fail, ' +
        'whoever makes them from this ' +
        'address, or exempt it (PerSourcePenaltyExemptList)',
    )
  }
  if (lines.includes(TOO_MANY))
    return new TransientFailure(`${at}: sshd has too many logins running ("${TOO_MANY}"): try fewer --forks`)
  if (lines.length > 0)
    return new TransientFailure(
      `${at}: the connection was closed before sshd's identification; it said:\n${lines.join('\n')}`,
    )
  return new TransientFailure(
    `${at}: the connection was closed before sshd said a word: ${how} ` +
      "(too many connections at once? sshd's MaxStartups; try fewer --forks)",
  )
}
