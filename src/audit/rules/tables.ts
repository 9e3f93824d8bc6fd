// Lint: the files of OpenDKIM's tables, and the lines of its KeyTable.
import type { MailSetup } from '../../model/mail-setup.ts'
import type { Fault } from '../fault.ts'
import { attributesOf, isInstalled, placeOf, rowPlace, settingOf, tableOf } from '../opendkim-setup.ts'
import { signingFaults } from './signing-lines.ts'
import { keyEntries, signingEntries } from './signing-table.ts'

export const tableFaults = (setup: MailSetup): readonly Fault[] =>
  isInstalled(setup) ? [...fileFaults(setup), ...keyTableFaults(setup), ...signingFaults(setup)] : []

function fileFaults(setup: MailSetup): readonly Fault[] {
  return setup.tables.flatMap((table): readonly Fault[] => {
    const [setting, subject] = [settingOf(setup, table.name)?.name ?? table.name, placeOf(setup, table.name)]
    const about = { ...subject, about: setting }
    if (table.kind === 'csl') return []
    if (table.kind !== 'file' && table.kind !== 'refile') {
      return [
        {
          id: 'table-not-read',
          subject: about,
          message: `${setting} is ${table.kind}:, which is not looked at`,
          found: `${table.kind}:`,
        },
      ]
    }
    if (table.state === 'absent') {
      return [
        {
          id: 'table-missing',
          subject: about,
          message: `${setting} names ${table.path}, which is not there`,
          expected: table.path,
          found: 'no such file',
        },
      ]
    }
    if (table.state === 'unreadable') {
      return [
        {
          id: 'table-unreadable',
          subject: { path: table.path, about: setting },
          message: `the user ${setup.user} cannot read ${table.path} (${setting})`,
          found: attributesOf(setup, table.path),
        },
      ]
    }
    if (table.cut || table.state === 'other') {
      return [
        {
          id: 'table-not-read',
          subject: about,
          message: table.cut
            ? `${table.path} is long, and only its first ${table.rows.length} lines were looked at`
            : `${table.path} is no file`,
        },
      ]
    }
    return []
  })
}

function keyTableFaults(setup: MailSetup): readonly Fault[] {
  const table = tableOf(setup, 'keytable')
  if (table === undefined || tableOf(setup, 'signingtable')?.cut === true) return []
  const named = new Set(signingEntries(setup).map(({ key }) => key))
  // Of a line with % for the name as well.
  const signing = new Set(setup.signing.map(({ keyLine }) => keyLine))
  return keyEntries(setup).flatMap((entry): readonly Fault[] => {
    const subject = {
      ...rowPlace(setup, table, entry.line),
      ...(entry.domain === '' || entry.domain === '%' ? {} : { domain: entry.domain }),
    }
    if (entry.malformed) {
      return [
        {
          id: 'key-table-line',
          subject,
          message: `${entry.name} has not exactly domain:selector:path`,
          expected: 'NAME DOMAIN:SELECTOR:PATH',
        },
      ]
    }
    return named.has(entry.name) || signing.has(entry.line) || tableOf(setup, 'signingtable') === undefined
      ? []
      : [{ id: 'key-table-unused', subject, message: `${entry.name} is in no line of the SigningTable` }]
  })
}
