// What OpenDKIM does on a host today, of the texts that the host told.
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

function internalHosts(
  { settings }: OpendkimConfiguration,
  files: ReadonlyMap<string, FileText>,
): readonly Untrusted[] {
  const setting = settings.get('internalhosts')
  const set = setting && dataSetOf(setting, files, new Doubts())
  return set?.entries.map(({ key }) => key) ?? []
}
