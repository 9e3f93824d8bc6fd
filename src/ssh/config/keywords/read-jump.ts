// Reads ProxyJump; a ProxyCommand that was said before it keeps it from counting.
import type { Arguments } from '../files/arguments.ts'
import { shown } from '../expand.ts'
import { hopsOf, isNone, isSafeHost, isSafeUser } from './jump.ts'
import { Refusal } from '../files/refusal.ts'
import type { Effect } from '../values.ts'

/** @throws Refusal for what is no list of destinations. */
export function readJump(given: Arguments): Effect {
  const raw = given.raw.replace(/^[ \t\r\n=]+/, '')
  given.skipAll()
  if (isNone(raw)) {
    return (values, { where }) => {
      values.jump ??= { hops: [], before: undefined, where }
    }
  }
  // rtrim() of misc.c cuts at the first white space.
  const text = raw.replace(/#.*$/s, '').replace(/(?!^)[ \t\n\v\f\r].*$/s, '')
  const hops = hopsOf(text)
  if (hops === undefined) {
    throw new Refusal(
      `${shown(raw)} is no list of jump hosts: ` +
        'wanted is [user@]host[:port] or ssh://, with commas and no spaces between them',
    )
  }
  const before = text.includes(',') ? text.slice(0, text.lastIndexOf(',')) : undefined
  return (values, { where, isOption }) => {
    if (isOption) checkSafe(hops)
    if (values.jump !== undefined || values.first.has('proxycommand')) return
    values.jump = { hops, before, where }
    values.first.set('proxycommand', { value: 'none', where })
  }
}

/** Debian's OpenSSH looks at what a command line brings, for a shell may see it. */
function checkSafe(hops: ReturnType<typeof hopsOf> & object): void {
  for (const { user, host } of hops) {
    if (!isSafeHost(host))
      throw new Refusal(`the jump host ${shown(host)} holds characters that OpenSSH does not take from a command line`)
    if (user !== undefined && !isSafeUser(user)) {
      throw new Refusal(
        `the user ${shown(user)} of a jump host holds characters that OpenSSH does not take from a command line`,
      )
    }
  }
}
