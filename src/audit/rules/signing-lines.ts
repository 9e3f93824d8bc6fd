// Lint: the lines of OpenDKIM's SigningTable: which senders each takes in, and with which key it signs.
import type { AuditSubject } from '../../model/audit.ts'
import type { MailSetup, OpendkimTable } from '../../model/mail-setup.ts'
import { faultIf, type Fault } from '../fault.ts'
import { isOn, rowPlace, settingOf, tableOf } from '../opendkim-setup.ts'
import { patternsSoFar } from './earlier-patterns.ts'
import { hasPatterns, keyEntries, signingEntries, type KeyEntry, type SigningEntry } from './signing-table.ts'

type Keys = ReadonlyMap<string, KeyEntry>

export function signingFaults(setup: MailSetup): readonly Fault[] {
  const table = tableOf(setup, 'signingtable')
  if (table === undefined || !isText(table)) return []
  const entries = signingEntries(setup)
  const keys = new Map(keyEntries(setup).map((entry) => [entry.name, entry]))
  const keysKnown = isWhole(tableOf(setup, 'keytable'))
  const patterns = hasPatterns(setup)
  const earlier = patternsSoFar()
  const signing = new Set(setup.signing.map(({ line }) => line))
  const signsOnce = !isOn(settingOf(setup, 'multiplesignatures')?.value ?? 'no')
  return entries.flatMap((entry): readonly Fault[] => {
    const domain = domainOf(entry.pattern)
    const subject = { ...rowPlace(setup, table, entry.line), ...(domain === undefined ? {} : { domain }) }
    return [
      ...(keysKnown && !signing.has(entry.line) ? danglingKey(entry, keys, subject) : []),
      ...catchAll(entry, patterns, keys, subject),
      ...(patterns ? bareDomain(entry, subject) : plainWildcard(entry, table, subject)),
      ...(patterns && signsOnce ? shadowed(entry, earlier.take(entry), subject) : []),
    ]
  })
}

const isText = ({ kind }: OpendkimTable): boolean => ['file', 'refile', 'csl'].includes(kind)

/** Whether all keys are seen: a KeyTable that could not be read in whole may have others. */
function isWhole(table: OpendkimTable | undefined): boolean {
  if (table === undefined) return true
  return isText(table) && !table.cut && table.state === 'there'
}

const danglingKey = ({ pattern, key }: SigningEntry, keys: Keys, subject: AuditSubject): readonly Fault[] =>
  faultIf(!keys.has(key), {
    id: 'signing-dangling',
    subject,
    message: `${pattern} is signed with ${key || 'no key'}, which is not in the KeyTable`,
    expected: `${key} in the KeyTable`,
    found: 'no such line',
  })

/** With `%`, of a key or for its name, mail is signed for the sender's own domain, of which the key is published. */
function catchAll(
  { pattern, key }: SigningEntry,
  patterns: boolean,
  keys: Keys,
  subject: AuditSubject,
): readonly Fault[] {
  const isAll = patterns ? /^\*(?:@\*)?$/.test(pattern) : pattern === '*'
  return faultIf(isAll && key !== '%' && keys.get(key)?.domain !== '%', {
    id: 'signing-catch-all',
    subject,
    message: `${pattern} matches every sender`,
    found: pattern,
  })
}

/** Of a table without patterns, in which `*` and `user@*` alone mean something. */
function plainWildcard({ pattern }: SigningEntry, { kind }: OpendkimTable, subject: AuditSubject): readonly Fault[] {
  const isMeant = pattern === '*' || pattern.endsWith('@*')
  return faultIf(pattern.includes('*') && !isMeant, {
    id: 'signing-plain-wildcard',
    subject,
    message: `${pattern} is a pattern, and the table is read without them`,
    expected: 'SigningTable refile:',
    found: `SigningTable ${kind}:`,
  })
}

/** Of a table of patterns, which match whole addresses. */
const bareDomain = ({ pattern }: SigningEntry, subject: AuditSubject): readonly Fault[] =>
  faultIf(!pattern.includes('@') && !pattern.includes('*'), {
    id: 'signing-bare-domain',
    subject: { ...subject, domain: pattern },
    message: `${pattern} matches no address`,
    expected: `*@${pattern}`,
    found: pattern,
  })

/** Of a table of patterns, of which the first that matches counts. */
function shadowed(
  { pattern, key }: SigningEntry,
  shadow: SigningEntry | undefined,
  subject: AuditSubject,
): readonly Fault[] {
  if (shadow === undefined) return []
  return [
    {
      id: 'signing-shadowed',
      subject,
      message: `${pattern} is never come to: ${shadow.pattern} (line ${shadow.line}) stands before it`,
      found: `signed with ${shadow.key}`,
      expected: `signed with ${key}`,
    },
  ]
}

/** `*@example.org`, `root@example.org`, `example.org` */
function domainOf(pattern: string): string | undefined {
  const name = pattern.replace(/^.*@/, '').replace(/^\*?\./, '')
  return /^(?:[a-z0-9_-]+\.)+[a-z0-9-]+$/.test(name) ? name : undefined
}
