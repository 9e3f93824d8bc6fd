// Audit rules about the lines of OpenDKIM's SigningTable: which senders a line matches, and with which key it signs.
import type { FindingDetails, Subject } from '../../../findings/finding.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup, OpendkimTable } from '../setup/mail-setup-answer.ts'
import { patternsSoFar } from './earlier-patterns.ts'
import { isInstalled, isOn, rowPlace, settingOf, tableOf } from './setup.ts'
import { hasPatterns, keyEntries, signingEntries, type KeyEntry, type SigningEntry } from './tables-read.ts'

interface Line {
  readonly entry: SigningEntry
  readonly subject: Subject
}

interface SigningLines {
  readonly lines: readonly Line[]
  readonly table: OpendkimTable
  /** Whether the lines are patterns (`refile:`), which match whole addresses. */
  readonly patterns: boolean
}

/** `undefined` where no lines can be read. */
function signingLines(setup: OpendkimMailSetup): SigningLines | undefined {
  const table = isInstalled(setup) ? tableOf(setup, 'signingtable') : undefined
  if (table === undefined || !isText(table)) return undefined
  const lines = signingEntries(setup).map((entry) => {
    const domain = domainOf(entry.pattern)
    return {
      entry,
      subject: { ...rowPlace(setup, table, entry.line), ...(domain === undefined ? {} : { domain }) },
    }
  })
  return { lines, table, patterns: hasPatterns(setup) }
}

const isText = ({ kind }: OpendkimTable): boolean => ['file', 'refile', 'csl'].includes(kind)

/** `*@example.org`, `root@example.org`, `example.org` */
function domainOf(pattern: string): string | undefined {
  const name = pattern.replace(/^.*@/, '').replace(/^\*?\./, '')
  return /^(?:[a-z0-9_-]+\.)+[a-z0-9-]+$/.test(name) ? name : undefined
}

/** Each line by itself. */
const ofLines = (setup: OpendkimMailSetup, find: (line: Line, all: SigningLines) => readonly FindingDetails[]) => {
  const all = signingLines(setup)
  return all === undefined ? [] : all.lines.flatMap((line) => find(line, all))
}

const keysOf = (setup: OpendkimMailSetup): ReadonlyMap<string, KeyEntry> =>
  new Map(keyEntries(setup).map((entry) => [entry.name, entry]))

/** Whether all keys are known: a KeyTable that was not read completely may have more. */
function isWhole(table: OpendkimTable | undefined): boolean {
  if (table === undefined) return true
  return isText(table) && !table.cut && table.state === 'there'
}

export const signingDangling = rule({
  id: 'signing-dangling',
  check: 'setup',
  severity: 'error',
  means:
    'The SigningTable names a key that is not in the KeyTable: all mail that the line matches is ' + 'deferred (451).',
  remedy: 'add the key to the KeyTable, or correct the name',
  find(setup: OpendkimMailSetup) {
    if (!isWhole(tableOf(setup, 'keytable'))) return []
    const keys = keysOf(setup)
    const signing = new Set(setup.signing.map(({ line }) => line))
    return ofLines(setup, ({ entry: { pattern, key, line }, subject }) =>
      foundIf(!signing.has(line) && !keys.has(key), {
        subject,
        message: `${pattern} is signed with ${key || 'no key'}, which is not in the KeyTable`,
        expected: `${key} in the KeyTable`,
        found: 'no such line',
      }),
    )
  },
})

export const signingCatchAll = rule({
  id: 'signing-catch-all',
  check: 'setup',
  severity: 'error',
  means: 'A pattern matches every sender: mail of domains that are not yours is signed with this key.',
  remedy: 'use a line for each domain',
  /** With `%`, of a key or for its name, mail is signed for the sender's own domain, of which the key is published. */
  find(setup: OpendkimMailSetup) {
    const keys = keysOf(setup)
    return ofLines(setup, ({ entry: { pattern, key }, subject }, { patterns }) => {
      const isAll = patterns ? /^\*(?:@\*)?$/.test(pattern) : pattern === '*'
      const isOfSender = key === '%' || keys.get(key)?.domain === '%'
      return foundIf(isAll && !isOfSender, { subject, message: `${pattern} matches every sender`, found: pattern })
    })
  },
})

export const signingBareDomain = rule({
  id: 'signing-bare-domain',
  check: 'setup',
  severity: 'error',
  means:
    'The SigningTable has patterns, which match whole addresses, but this line has only a domain: ' +
    'mail leaves unsigned.',
  remedy: 'write *@ before the domain',
  find: (setup: OpendkimMailSetup) =>
    ofLines(setup, ({ entry: { pattern }, subject }, { patterns }) =>
      foundIf(patterns && !pattern.includes('@') && !pattern.includes('*'), {
        subject: { ...subject, domain: pattern },
        message: `${pattern} matches no address`,
        expected: `*@${pattern}`,
        found: pattern,
      }),
    ),
})

export const signingPlainWildcard = rule({
  id: 'signing-plain-wildcard',
  check: 'setup',
  severity: 'error',
  means:
    'This line has a pattern, but the SigningTable is read without patterns: the line matches ' +
    'nothing, and mail leaves unsigned.',
  remedy: 'use SigningTable refile:…, or write only the domain',
  /** Without patterns, `*` and `user@*` alone mean something. */
  find: (setup: OpendkimMailSetup) =>
    ofLines(setup, ({ entry: { pattern }, subject }, { patterns, table: { kind } }) => {
      const isMeant = pattern === '*' || pattern.endsWith('@*')
      return foundIf(!patterns && pattern.includes('*') && !isMeant, {
        subject,
        message: `${pattern} is a pattern, and the table is read without them`,
        expected: 'SigningTable refile:',
        found: `SigningTable ${kind}:`,
      })
    }),
})

export const signingShadowed = rule({
  id: 'signing-shadowed',
  check: 'setup',
  severity: 'warning',
  means: 'A line of the SigningTable is never used: an earlier line matches the same senders.',
  remedy: 'put the narrower line first, or remove this one',
  /** Of patterns the first that matches counts, unless MultipleSignatures says otherwise. */
  find(setup: OpendkimMailSetup) {
    if (isOn(settingOf(setup, 'multiplesignatures')?.value ?? 'no')) return []
    const earlier = patternsSoFar()
    return ofLines(setup, ({ entry, subject }, { patterns }): readonly FindingDetails[] => {
      const { pattern, key } = entry
      const shadow = patterns ? earlier.take(entry) : undefined
      if (shadow === undefined) return []
      return [
        {
          subject,
          message: `${pattern} is never used: ${shadow.pattern} (line ${shadow.line}) comes before it`,
          found: `signed with ${shadow.key}`,
          expected: `signed with ${key}`,
        },
      ]
    })
  },
})
