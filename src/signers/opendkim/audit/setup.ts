// Reads what OpenDKIM is set to do, from its command line and its configuration. Options of the command line come first
// (opendkim(8)).
import type { OpendkimMailSetup, OpendkimTable, Setting, TableName } from '../setup/mail-setup-answer.ts'
import type { Subject } from '../../../findings/finding.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** The setting that counts, as opendkim.conf(5) names it in lower case. */
export const settingOf = ({ settings }: OpendkimMailSetup, name: string): Setting | undefined =>
  settings.findLast((each) => each.name.toLowerCase() === name)

/** `-p`, with its value behind it or joined to it. */
export function optionOf({ arguments: words }: OpendkimMailSetup, letter: string): string | undefined {
  const at = words.findIndex((word) => word.startsWith(`-${letter}`))
  if (at === -1) return undefined
  return words[at]!.length > 2 ? words[at]!.slice(2) : words[at + 1]
}

export const valueOf = (setup: OpendkimMailSetup, name: string, option: string): string | undefined =>
  optionOf(setup, option) ?? settingOf(setup, name)?.value

/** opendkim.conf(5): `yes`, `true`, `on`, `1` and their first letters. */
export const isOn = (value: Untrusted): boolean => /^(?:[yt1]|on)/i.test(value)

export const isInstalled = ({ packages, unit, configuration }: OpendkimMailSetup): boolean =>
  packages['opendkim'] !== undefined || unit['LoadState'] === 'loaded' || configuration.present

export const tableOf = ({ tables }: OpendkimMailSetup, name: TableName): OpendkimTable | undefined =>
  tables.find((each) => each.name === name)

/** Where the setting stands, or the file that would have it. */
export function placeOf(setup: OpendkimMailSetup, name: string): Subject {
  const setting = settingOf(setup, name)
  return setting === undefined ? { path: setup.configuration.path } : { path: setting.path, line: setting.line }
}

export const rowPlace = (setup: OpendkimMailSetup, table: OpendkimTable, line: number): Subject =>
  table.path === '' ? placeOf(setup, table.name) : { path: table.path, line }

/** Owner, group and mode, as findings show them. */
export function attributesOf({ paths }: OpendkimMailSetup, path: Untrusted): string {
  const is = paths[path]
  return is === undefined ? 'no such file' : `${is.owner}:${is.group} ${is.mode}`
}

export type Listening =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'inet'; readonly port: string; readonly host: string }

/** opendkim.conf(5), Socket. */
export function listening(setup: OpendkimMailSetup): Listening | undefined {
  const socket = valueOf(setup, 'socket', 'p')
  if (socket === undefined || socket === '') return undefined
  const local = /^(?:local:|unix:)?(\/.*)$/.exec(socket)
  if (local) return { kind: 'local', path: local[1]! }
  const [port = '', host = ''] = socket.replace(/^inet6?:/, '').split('@')
  return { kind: 'inet', port, host: host.replace(/^\[|\]$/g, '') }
}

/** As opendkim.conf has it. */
export const shownSocket = (socket: Listening): string =>
  socket.kind === 'local' ? `local:${socket.path}` : `inet:${socket.port}${socket.host === '' ? '' : `@${socket.host}`}`
