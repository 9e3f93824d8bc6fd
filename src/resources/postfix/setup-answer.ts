// Parses what a host answers about its Postfix, and about programs that send or sign mail.
import type { MailSetup } from '../../mail/mail-setup.ts'
import { fromHex } from '../../shell/perl-words.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { groupedBy } from '../../text/grouped-by.ts'

/** The other words of the lines that begin with this one. */
export type LinesOf = (word: string) => readonly (readonly string[])[]

/** Lines of words, by their first word, which is left out. */
export function linesByWord(text: Untrusted): ReadonlyMap<string, readonly (readonly string[])[]> {
  const byWord = groupedBy(
    text.split('\n').map((line) => line.split(' ')),
    ([word = '']) => word,
  )
  return new Map([...byWord].map(([word, those]) => [word, those.map((each) => each.slice(1))]))
}

/** Of what `MAIL_PROGRAMS` and `POSTFIX_SETUP` print. */
export const mailSetupIn = (of: LinesOf): MailSetup => ({
  packages: valuesOf(of('package')),
  running: of('running').map(([name = '']) => name),
  parameters: valuesOf(of('set')),
  parameterLines: Object.fromEntries(
    Object.entries(grouped(of('line'))).map(([name, numbers]) => [name, numbers.map(Number)]),
  ),
  ...postfixOf(of),
})

function postfixOf(of: LinesOf): Pick<MailSetup, 'postfix'> {
  const last = (word: string): readonly string[] | undefined => of(word).at(-1)
  const master = last('master')?.[0]
  if (master === undefined) return {}
  const text = (word: string): string => fromHex(last(word)?.[0] ?? '-')
  const parameters = valuesOf(of('set'))
  return {
    postfix: {
      directory: parameters['config_directory'] ?? '/etc/postfix',
      main: valuesOf(of('main')),
      master: fromHex(master),
      hosts: text('hosts'),
      addresses: text('addresses'),
      hostName: parameters['myhostname'] ?? '',
    },
  }
}

/** Of pairs whose value is hex; the last one of a name counts. */
export const valuesOf = (pairs: readonly (readonly string[])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(([name = '', value = '']) => [name, fromHex(value)]))

export function grouped(pairs: readonly (readonly string[])[]): Readonly<Record<string, readonly string[]>> {
  const groups = groupedBy(pairs, ([name = '']) => name)
  return Object.fromEntries([...groups].map(([name, each]) => [name, each.map(([, value = '']) => value)]))
}
