// Computes the values of OpenDKIM's configuration that the audit judges: settings, tables and lines that sign, as the
// daemon reads them.
import type { OpendkimMailSetup, OpendkimTable, SignedLine, TableName } from './mail-setup-answer.ts'
import {
  opendkimConfiguration,
  readDataSet,
  type OpendkimConfiguration,
  type OpendkimSources,
  type Setting,
} from '../configuration/index.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

const TABLES: readonly TableName[] = ['keytable', 'signingtable', 'internalhosts', 'externalignorelist', 'peerlist']

export type Readings = Pick<
  OpendkimMailSetup,
  'arguments' | 'configuration' | 'settings' | 'refusals' | 'tables' | 'signing'
>

/** @param states - of data sets that are files, for the daemon's user. */
export function opendkimReadings(
  sources: OpendkimSources,
  states: ReadonlyMap<string, OpendkimTable['state']>,
): Readings {
  const configuration = opendkimConfiguration(sources)
  const { path, settings, lines, signing, notUnderstood } = configuration
  return {
    arguments: sources.words,
    configuration: { path, present: sources.files.get(path)?.kind === 'text' },
    settings: lines.map(({ name, value, line, path: at }) => ({ path: at, line, name, value })),
    refusals: notUnderstood.flatMap(({ refused, what, place }) =>
      refused && place.line !== undefined ? [{ path: place.path, line: place.line, what }] : [],
    ),
    tables: TABLES.flatMap((name) => {
      const setting = settings.get(name)
      return setting === undefined ? [] : [tableOf(name, setting, sources.files, states)]
    }),
    signing: signing.map(signedLine),
  }
}

const signedLine = ({
  pattern,
  place,
  domain,
  selector,
  key,
  keyName,
  keyPlace,
}: OpendkimConfiguration['signing'][number]): SignedLine => ({
  pattern,
  line: place.line ?? 0,
  domain,
  selector,
  key: key ?? '',
  keyName: keyName ?? '',
  keyLine: keyPlace.line ?? 0,
})

function tableOf(
  name: TableName,
  setting: Setting,
  files: OpendkimSources['files'],
  states: ReadonlyMap<string, OpendkimTable['state']>,
): OpendkimTable {
  const { kind, path } = formOf(setting.value)
  const file = files.get(path)
  const { set } = readDataSet(setting, files)
  return {
    name,
    kind,
    path,
    state: path === '' ? 'there' : file?.kind === 'absent' ? 'absent' : (states.get(path) ?? 'other'),
    rows: (set?.entries ?? []).map(({ key, value, place }) => ({
      line: path === '' ? 0 : (place.line ?? 0),
      text: value === undefined ? key : `${key} ${value}`,
    })),
    cut: file?.kind === 'cut',
  }
}

/** `refile:/etc/opendkim/SigningTable`; what is no file has no path. */
function formOf(value: Untrusted): { readonly kind: string; readonly path: string } {
  const [, type, rest = ''] = /^(\w+):(.*)$/s.exec(value) ?? []
  if (type === undefined || value.includes(',')) return value.startsWith('/') ? { kind: 'file', path: value } : LIST
  const kind = type.toLowerCase()
  if (kind === 'csl') return LIST
  return { kind, path: kind === 'file' || kind === 'refile' ? rest : '' }
}

const LIST = { kind: 'csl', path: '' } as const
