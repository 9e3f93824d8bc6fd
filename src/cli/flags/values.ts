// Parses the values of flags. A wrong value is refused, and the message says what is expected.
import { InvalidArgumentError } from 'commander'
import type { BatchSize } from '../../engine/run-options.ts'
import { addressText, mailAddress } from '../../mail/names/mail-address.ts'
import type { MailboxPlace } from '../../verify/read-mailbox.ts'

export const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** `a,b` and repeated flags alike. */
export const gatherNames = (value: string, before: readonly string[] = []): readonly string[] => {
  const names = value.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError(`wanted names with commas between, got "${value}"`)
  return [...before, ...names]
}

export function forks(text: string): number {
  return whole(text, 1, 10_000, 'how many hosts at once')
}

export function seconds(text: string): number {
  return whole(text, 1, 86_400, 'seconds')
}

export function waitSeconds(text: string): number {
  return whole(text, 0, 86_400, 'seconds')
}

/** `1`, `25%`, `1,25%,100%`. */
export function serial(text: string): readonly BatchSize[] {
  return text
    .split(',')
    .map((part) =>
      batchSize(part.trim(), 1, 'a number of hosts or a percentage, or several with commas between (1,25%,100%)'),
    )
}

/** `2`, `10%`, `0`. */
export function maxFail(text: string): BatchSize {
  return batchSize(text.trim(), 0, 'a number of hosts or a percentage')
}

function batchSize(text: string, least: number, wanted: string): BatchSize {
  const [, digits, sign] = /^(\d{1,6})(%?)$/.exec(text) ?? []
  const number = Number(digits)
  const isPercentage = sign === '%'
  const most = isPercentage ? 100 : Infinity
  if (digits === undefined || number < least || number > most)
    throw new InvalidArgumentError(`wanted ${wanted}, got "${text}"`)
  return isPercentage ? { percent: number } : { count: number }
}

function whole(text: string, least: number, most: number, what: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new InvalidArgumentError(`wanted ${what}, a whole number from ${least} to ${most}, got "${text}"`)
  return number
}

/** `you@example.org` */
export function address(text: string): string {
  const read = mailAddress(text)
  if (read === undefined)
    throw new InvalidArgumentError(`wanted a mail address, such as you@example.org, got ${JSON.stringify(text)}`)
  return addressText(read)
}

/** `mx1`, `mx1:/var/mail/inbox` */
export function mailboxPlace(text: string): MailboxPlace {
  const [, host = '', path] = /^(.+?)(?::(\/.*))?$/.exec(text) ?? []
  const isNoPath = path === undefined && text.includes(':')
  if (host === '' || /[\0\n]/.test(text) || isNoPath) {
    throw new InvalidArgumentError(
      'wanted a host of the inventory, with the path of a mailbox where it is not the usual one ' +
        `(mx1:/var/mail/inbox), got ${JSON.stringify(text)}`,
    )
  }
  return { host, path }
}
