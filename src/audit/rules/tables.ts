// Lint: OpenDKIM's tables, line by line.
import type { MailSetup } from '../../model/mail-setup.ts'
import { matchesWild } from '../../text/wild.ts'
import type { Fault } from '../fault.ts'
import { isInstalled, isOn, placeOf, rowPlace, settingOf, tableOf } from '../opendkim-setup.ts'
import { hasPatterns, keyEntries, signingEntries, type KeyEntry, type SigningEntry } from './signing-table.ts'

export const tableFaults = (setup: MailSetup): readonly Fault[] =>
  isInstalled(setup) ? [...fileFaults(setup), ...keyTableFaults(setup), ...signingFaults(setup)] : []

function fileFaults(setup: MailSetup): readonly Fault[] {
  return setup.tables.flatMap((table): readonly Fault[] => {
    const [setting, subject] = [settingOf(setup, table.name)?.name ?? table.name, placeOf(setup, table.name)]
    const about = { ...subject, about: setting }
    if (table.kind === 'csl') return []
    if (table.kind !== 'file' && table.kind !== 'refile')
      return [
        {
          id: 'table-not-read',
          subject: about,
          message: `${setting} is ${table.kind}:, which is not looked at`,
          found: `${table.kind}:`,
        },
      ]
    if (table.state === 'absent')
      return [
        {
          id: 'table-missing',
          subject: about,
          message: `${setting} names ${table.path}, which is not there`,
          expected: table.path,
          found: 'no such file',
        },
      ]
    if (table.state === 'unreadable')
      return [
        {
          id: 'table-unreadable',
          subject: { path: table.path, about: setting },
          message: `the user ${setup.user} cannot read ${table.path} (${setting})`,
          found: attributes(setup, table.path),
        },
      ]
    if (table.cut || table.state === 'other')
      return [
        {
          id: 'table-not-read',
          subject: about,
          message: table.cut
            ? `${table.path} is long, and only its first ${table.rows.length} lines were looked at`
            : `${table.path} is no file`,
        },
      ]
    return []
  })
}

const attributes = ({ paths }: MailSetup, path: string): string => {
  const is = paths[path]
  return is === undefined ? 'no such file' : `${is.owner}:${is.group} ${is.mode}`
}

function keyTableFaults(setup: MailSetup): readonly Fault[] {
  const table = tableOf(setup, 'keytable')
  if (table === undefined) return []
  const named = new Set(signingEntries(setup).map(({ key }) => key))
  return keyEntries(setup).flatMap((entry): readonly Fault[] => {
    const subject = {
      ...rowPlace(setup, table, entry.line),
      ...(entry.domain === '' || entry.domain === '%' ? {} : { domain: entry.domain }),
    }
    if (entry.malformed)
      return [
        {
          id: 'key-table-line',
          subject,
          message: `${entry.name} has not exactly domain:selector:path`,
          expected: 'NAME DOMAIN:SELECTOR:PATH',
        },
      ]
    return named.has(entry.name) || tableOf(setup, 'signingtable') === undefined
      ? []
      : [{ id: 'key-table-unused', subject, message: `${entry.name} is in no line of the SigningTable` }]
  })
}

function signingFaults(setup: MailSetup): readonly Fault[] {
  const table = tableOf(setup, 'signingtable')
  const keys = tableOf(setup, 'keytable')
  if (table === undefined || !['file', 'refile', 'csl'].includes(table.kind)) return []
  const entries = signingEntries(setup)
  const byName = new Map(keyEntries(setup).map((entry) => [entry.name, entry]))
  // A KeyTable that could not be read in whole may have the key.
  const keysKnown =
    keys === undefined || (['file', 'refile', 'csl'].includes(keys.kind) && !keys.cut && keys.state === 'there')
  const patterns = hasPatterns(setup)
  const several = isOn(settingOf(setup, 'multiplesignatures')?.value ?? 'no')
  return entries.flatMap((entry, index): readonly Fault[] => {
    const domain = domainOf(entry.pattern)
    const subject = { ...rowPlace(setup, table, entry.line), ...(domain === undefined ? {} : { domain }) }
    const shadow =
      patterns && !several
        ? entries
            .slice(0, index)
            .find((earlier) => earlier.key !== entry.key && matchesWild(earlier.pattern, entry.pattern))
        : undefined
    return [
      ...(keysKnown && !byName.has(entry.key)
        ? [
            {
              id: 'signing-dangling',
              subject,
              message: `${entry.pattern} is signed with ${entry.key || 'no key'}, which is not in the KeyTable`,
              expected: `${entry.key} in the KeyTable`,
              found: 'no such line',
            } as const,
          ]
        : []),
      ...(catchesAll(entry, patterns, byName)
        ? [
            {
              id: 'signing-catch-all',
              subject,
              message: `${entry.pattern} matches every sender`,
              found: entry.pattern,
            } as const,
          ]
        : []),
      ...(!patterns && /\*/.test(entry.pattern) && entry.pattern !== '*' && !entry.pattern.endsWith('@*')
        ? [
            {
              id: 'signing-plain-wildcard',
              subject,
              message: `${entry.pattern} is a pattern, and the table is read without them`,
              expected: 'SigningTable refile:',
              found: `SigningTable ${table.kind}:`,
            } as const,
          ]
        : []),
      ...(patterns && !entry.pattern.includes('@') && !entry.pattern.includes('*')
        ? [
            {
              id: 'signing-bare-domain',
              subject: { ...subject, domain: entry.pattern },
              message: `${entry.pattern} matches no address`,
              expected: `*@${entry.pattern}`,
              found: entry.pattern,
            } as const,
          ]
        : []),
      ...(shadow === undefined
        ? []
        : [
            {
              id: 'signing-shadowed',
              subject,
              message: `${entry.pattern} is never come to: ${shadow.pattern} (line ${shadow.line}) stands before it`,
              found: `signed with ${shadow.key}`,
              expected: `signed with ${entry.key}`,
            } as const,
          ]),
    ]
  })
}

/** With `%` mail is signed for the sender's own domain, of which somebody must publish the key. */
const catchesAll = ({ pattern, key }: SigningEntry, patterns: boolean, keys: ReadonlyMap<string, KeyEntry>): boolean =>
  (patterns ? /^\*(?:@\*)?$/.test(pattern) : pattern === '*') && keys.get(key)?.domain !== '%'

/** `*@example.org`, `root@example.org`, `example.org` */
export const domainOf = (pattern: string): string | undefined => {
  const name = pattern.replace(/^.*@/, '').replace(/^\*?\./, '')
  return /^(?:[a-z0-9_-]+\.)+[a-z0-9-]+$/.test(name) ? name : undefined
}
