// Reads OpenDKIM's data sets (lists, files, files of patterns) as dkimf_db_open() of opendkim-db.c does.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase, tableLines, trimmed, type Line } from './c-text.ts'
import { patternFault } from './pattern.ts'
import { textOf, type Setting } from './read-settings.ts'
import { Doubts, type NotUnderstood, type OpendkimSources, type Place } from './sources.ts'

/** A line of a table, or a part of a list. `value` is left out where only a key is there. */
export interface Entry {
  readonly key: string
  readonly value: string | undefined
  readonly place: Place
}

export interface DataSet {
  /** `patterns`: `refile:`, whose keys are globs; `list`: keys are compared. */
  readonly kind: 'list' | 'patterns'
  readonly entries: readonly Entry[]
}

/** The types that Debian's build has besides, each asked when a message comes. */
const ELSEWHERE = ['db', 'dsn', 'ldap', 'ldapi', 'ldaps', 'lua', 'memcache']

type Form =
  | { readonly kind: 'csl' | 'file' | 'refile'; readonly rest: string }
  | { readonly kind: 'elsewhere'; readonly type: string }
  | { readonly kind: 'refused'; readonly type: string }

/** `refile:/etc/opendkim/SigningTable` in parts: a type, a path, or a list. */
export function formOf(value: Untrusted): Form {
  const colon = value.indexOf(':')
  const comma = value.indexOf(',')
  if (colon < 0 || (comma >= 0 && comma < colon)) {
    if (value.endsWith('.db')) return { kind: 'elsewhere', type: 'db' }
    return { kind: value.startsWith('/') ? 'file' : 'csl', rest: value }
  }
  const type = lowerCase(value.slice(0, colon))
  const rest = value.slice(colon + 1)
  if (type === 'csl' || type === 'file' || type === 'refile') return { kind: type, rest }
  return ELSEWHERE.includes(type) ? { kind: 'elsewhere', type } : { kind: 'refused', type }
}

/** The path of the file that a data set is read from; `undefined` for a list, and where it is not a file. */
export function dataSetFile(value: Untrusted): string | undefined {
  const form = formOf(value)
  return form.kind === 'file' || form.kind === 'refile' ? form.rest : undefined
}

/** @returns `undefined` where it cannot be read, which is reported among the doubts. */
export function dataSetOf(
  { name, value, ...place }: Pick<Setting, 'name' | 'value'> & Place,
  files: OpendkimSources['files'],
  doubts: Doubts,
): DataSet | undefined {
  const form = formOf(value)
  if (form.kind === 'refused') {
    doubts.refused(
      `${name} names a data set of a type that Debian's OpenDKIM does not have, ${form.type}:`,
      place,
      'name a file',
    )
    return undefined
  }
  if (form.kind === 'elsewhere') {
    doubts.unknown(
      `${name} is a data set of the type ${form.type}:, which mailrun does not read`,
      place,
      'put it into a file (`file:` or `refile:`)',
    )
    return undefined
  }
  if (form.kind === 'csl') return { kind: 'list', entries: listEntries(form.rest, place) }
  const text = textOf(form.rest, files.get(form.rest), place, doubts)
  if (text === undefined) return undefined
  const lines = tableLines(text)
  const at = ({ number }: Line): Place => ({ path: form.rest, line: number })
  if (form.kind === 'file') return { kind: 'list', entries: lines.flatMap((line) => fileEntry(line.text, at(line))) }
  const entries = lines.flatMap((line) => patternEntry(line.text, at(line)))
  for (const entry of entries) tellFault(entry, doubts)
  return { kind: 'patterns', entries }
}

/** `a,b=c`: strtok(3) takes several commas for one. */
const listEntries = (text: Untrusted, place: Place): readonly Entry[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      if (equals < 0) return { key: trimmed(part), value: undefined, place }
      return { key: trimmed(part.slice(0, equals)), value: trimmed(part.slice(equals + 1)), place }
    })

const withoutComment = (line: Untrusted): string => {
  const hash = line.indexOf('#')
  return hash < 0 ? line : line.slice(0, hash)
}

const SPACE = /[ \t\n\v\f\r]/

/** `key value`, with white space before it or not; all behind the key is the value. */
function fileEntry(line: Untrusted, place: Place): readonly Entry[] {
  const reported = trimmed(withoutComment(line))
  if (reported === '') return []
  const gap = reported.search(SPACE)
  if (gap < 0) return [{ key: reported, value: undefined, place }]
  return [{ key: reported.slice(0, gap), value: trimmed(reported.slice(gap)), place }]
}

/** `pattern value`. A line that begins with white space is empty to OpenDKIM. */
function patternEntry(line: Untrusted, place: Place): readonly Entry[] {
  const reported = withoutComment(line)
  const gap = reported.search(SPACE)
  const key = gap < 0 ? reported : reported.slice(0, gap)
  if (key === '') return []
  return [{ key, value: gap < 0 ? undefined : trimmed(reported.slice(gap)), place }]
}

function tellFault({ key, place }: Entry, doubts: Doubts): void {
  const fault = patternFault(key)
  if (fault === 'too long')
    doubts.refused('the pattern is too long', place, 'shorten it: OpenDKIM does not start with it')
  if (fault === 'expression')
    doubts.unknown(
      `the pattern ${JSON.stringify(key)} has signs of a regular expression, which mailrun does not read`,
      place,
      'write it with * alone',
    )
}

/** One data set alone, for those who look at its lines: `value` of a setting or an option. */
export function readDataSet(
  setting: Pick<Setting, 'name' | 'value'> & Place,
  files: OpendkimSources['files'],
): { readonly set: DataSet | undefined; readonly notUnderstood: readonly NotUnderstood[] } {
  const doubts = new Doubts()
  return { set: dataSetOf(setting, files, doubts), notUnderstood: doubts.list }
}
