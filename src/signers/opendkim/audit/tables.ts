// Audit rules about the files of OpenDKIM's tables, and about the lines of its KeyTable.
import type { FindingDetails, Subject } from '../../../findings/finding.ts'
import { rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup, OpendkimTable } from '../setup/mail-setup-answer.ts'
import { attributesOf, isInstalled, placeOf, rowPlace, settingOf, tableOf } from './setup.ts'
import { keyEntries, signingEntries, type KeyEntry } from './tables-read.ts'

interface NamedTable {
  readonly table: OpendkimTable
  /** As the configuration names it. */
  readonly setting: string
  readonly isFile: boolean
}

/** Tables that are not in the configuration itself. */
const tablesOf = (setup: OpendkimMailSetup): readonly NamedTable[] =>
  isInstalled(setup)
    ? setup.tables
        .filter(({ kind }) => kind !== 'csl')
        .map((table) => ({
          table,
          setting: settingOf(setup, table.name)?.name ?? table.name,
          isFile: table.kind === 'file' || table.kind === 'refile',
        }))
    : []

const subjectOf = (setup: OpendkimMailSetup, { table, setting }: NamedTable): Subject => ({
  ...placeOf(setup, table.name),
  about: setting,
})

export const tableMissing = rule({
  id: 'table-missing',
  check: 'setup',
  severity: 'error',
  means: 'A table that opendkim.conf names does not exist: OpenDKIM does not start.',
  remedy: 'create the file, or remove the setting',
  find: (setup: OpendkimMailSetup) =>
    tablesOf(setup)
      .filter(({ table, isFile }) => isFile && table.state === 'absent')
      .map((each) => ({
        subject: subjectOf(setup, each),
        message: `${each.setting} names ${each.table.path}, which does not exist`,
        expected: each.table.path,
        found: 'no such file',
      })),
})

export const tableUnreadable = rule({
  id: 'table-unreadable',
  check: 'setup',
  severity: 'error',
  means: 'The daemon cannot read a table when it no longer runs as root: a reload fails, and mail is deferred.',
  remedy: 'root:opendkim-keys 0640 or mode 0644, and directories that it may enter',
  find: (setup: OpendkimMailSetup) =>
    tablesOf(setup)
      .filter(({ table, isFile }) => isFile && table.state === 'unreadable')
      .map(({ table: { path }, setting }) => ({
        subject: { path, about: setting },
        message: `the user ${setup.user} cannot read ${path} (${setting})`,
        found: attributesOf(setup, path),
      })),
})

export const tableNotRead = rule({
  id: 'table-not-read',
  check: 'setup',
  severity: 'note',
  means: 'A table is no text file or is too long, so mailrun did not read all of it.',
  remedy: 'use opendkim -Q to look into such a table',
  find: (setup: OpendkimMailSetup) =>
    tablesOf(setup).flatMap((each): readonly FindingDetails[] => {
      const { table, setting, isFile } = each
      const subject = subjectOf(setup, each)
      if (!isFile)
        return [
          { subject, message: `${setting} is ${table.kind}:, which mailrun does not read`, found: `${table.kind}:` },
        ]
      if (table.state === 'absent' || table.state === 'unreadable') return []
      if (table.cut) {
        const read = `mailrun read only its first ${table.rows.length} lines`
        return [{ subject, message: `${table.path} is long, and ${read}` }]
      }
      return table.state === 'other' ? [{ subject, message: `${table.path} is no file` }] : []
    }),
})

/** The lines of a KeyTable; none if mailrun cannot know which of them sign. */
const keyLines = (setup: OpendkimMailSetup): readonly (KeyEntry & { readonly subject: Subject })[] => {
  const table = isInstalled(setup) ? tableOf(setup, 'keytable') : undefined
  if (table === undefined || tableOf(setup, 'signingtable')?.cut === true) return []
  return keyEntries(setup).map((entry) => ({
    ...entry,
    subject: {
      ...rowPlace(setup, table, entry.line),
      ...(entry.domain === '' || entry.domain === '%' ? {} : { domain: entry.domain }),
    },
  }))
}

export const keyTableLine = rule({
  id: 'key-table-line',
  check: 'setup',
  severity: 'error',
  means: 'A line of the KeyTable has not the form NAME DOMAIN:SELECTOR:PATH. More fields defer all mail (451).',
  remedy: 'correct the line',
  find: (setup: OpendkimMailSetup) =>
    keyLines(setup)
      .filter(({ malformed }) => malformed)
      .map(({ name, subject }) => ({
        subject,
        message: `${name} does not have exactly domain:selector:path`,
        expected: 'NAME DOMAIN:SELECTOR:PATH',
      })),
})

export const keyTableUnused = rule({
  id: 'key-table-unused',
  check: 'setup',
  severity: 'note',
  means: 'No line of the SigningTable names this key of the KeyTable.',
  remedy: 'remove it when no mail that it signed is on its way',
  find(setup: OpendkimMailSetup) {
    if (tableOf(setup, 'signingtable') === undefined) return []
    const named = new Set(signingEntries(setup).map(({ key }) => key))
    // Of a line with % for the name as well.
    const signing = new Set(setup.signing.map(({ keyLine }) => keyLine))
    return keyLines(setup)
      .filter(({ malformed, name, line }) => !malformed && !named.has(name) && !signing.has(line))
      .map(({ name, subject }) => ({ subject, message: `${name} is in no line of the SigningTable` }))
  },
})
