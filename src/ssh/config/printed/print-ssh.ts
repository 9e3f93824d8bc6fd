// Settings in the words of `ssh -G`.
import { fromBytes } from '../files/bytes.ts'
import type { Printed } from './printed-line.ts'
import type { SshSetting, SshSettings } from '../ssh-settings.ts'

/** The settings as `ssh -G` prints them, which names each keyword in lower case. */
export const printSsh = ({ all }: Pick<SshSettings, 'all'>): string =>
  all
    .map(
      ({ keyword, value }) =>
        `${keyword === 'canonicalizepermittedcnames' ? 'canonicalizePermittedcnames' : keyword} ${value}\n`,
    )
    .join('')

export const inWords = (lines: readonly Printed[]): readonly SshSetting[] =>
  lines.map(({ keyword, value, where }) => ({
    keyword,
    value: fromBytes(value),
    where: where === '' ? undefined : where,
  }))
