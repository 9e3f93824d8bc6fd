// What OpenDKIM does on a host today, of what the host told of its setup.
import type { MailSetup } from '../../model/mail-setup.ts'
import {
  opendkimConfiguration,
  type FileText,
  type OpendkimConfiguration,
  type OpendkimSources,
} from '../../signers/opendkim/index.ts'
import { dataSetOf } from '../../signers/opendkim/data-set.ts'
import { Doubts } from '../../signers/opendkim/sources.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface OpendkimToday {
  readonly configuration: OpendkimConfiguration
  /** Entries of InternalHosts: whose mail is signed. */
  readonly internalHosts: readonly Untrusted[]
}

export function todayOf(sources: OpendkimSources): OpendkimToday {
  const configuration = opendkimConfiguration(sources)
  return { configuration, internalHosts: internalHosts(configuration, sources.files) }
}

export function sourcesOf(setup: MailSetup): OpendkimSources {
  const text = setup.settings.map(({ name, value }) => `${name} ${value}\n`).join('')
  const files = new Map<string, FileText>([
    ['/etc/opendkim.conf', { kind: 'text', text }],
    ...setup.tables.map(
      ({ path, rows }) => [path, { kind: 'text', text: rows.map((row) => `${row.text}\n`).join('') }] as const,
    ),
  ])
  return { words: setup.arguments, files }
}

function internalHosts(
  { settings }: OpendkimConfiguration,
  files: ReadonlyMap<string, FileText>,
): readonly Untrusted[] {
  const setting = settings.get('internalhosts')
  const set = setting && dataSetOf(setting, files, new Doubts())
  return set?.entries.map(({ key }) => key) ?? []
}
