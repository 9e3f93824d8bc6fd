// Reads the settings in opendkim.conf(5) and in the files that it includes, as config_load() of OpenDKIM's config.c
// does.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { linesOf, lowerCase, withoutBlanks, type Line } from './c-text.ts'
import { SETTINGS, type SettingKind } from './setting-names.ts'
import type { Doubts, FileText, OpendkimSources, Place } from './sources.ts'

export interface Setting extends Place {
  /** As the manual spells it. */
  readonly name: string
  readonly value: string
  readonly line: number
  /** How many files include the one that it stands in: 0 is the configuration itself. */
  readonly depth: number
}

/** The setting that counts, by name in lower case: of several, the last. */
export type Settings = ReadonlyMap<string, Setting>

/** MAXLEVEL of config.c. */
const DEEPEST = 5

/** Whether a setting of yes or no says yes: the first letter counts. `undefined` where it says neither. */
export const yesOrNo = (value: Untrusted): boolean | undefined =>
  /^[tTyY1]/.test(value) ? true : /^[fFnN0]/.test(value) ? false : undefined

export const isYes = (settings: Settings, name: string): boolean =>
  yesOrNo(settings.get(name.toLowerCase())?.value ?? 'no') === true

/** All settings in their order. What is wrong in them goes to the doubts. */
export function readSettings(path: Untrusted, files: OpendkimSources['files'], doubts: Doubts): readonly Setting[] {
  const settings: Setting[] = []
  readFile({ path, files, doubts, settings, above: [], read: { files: 0 } }, { path })
  return settings
}

/** How often files are read in all: one may be included from many places, by files that are included from many. */
const MOST = 200

interface Reading {
  readonly path: string
  readonly files: OpendkimSources['files']
  readonly doubts: Doubts
  readonly settings: Setting[]
  /** The files that led here, each by the one before it. */
  readonly above: readonly string[]
  readonly read: { files: number }
}

/** @param from - where it is named. */
function readFile(reading: Reading, from: Place): void {
  const { path, files, doubts, above, read } = reading
  if (above.length > DEEPEST || above.includes(path))
    return doubts.refused(`files include each other more than ${DEEPEST} deep`, from, 'include fewer files')
  if (read.files === MOST) return doubts.unknown(`it includes more than ${MOST} files`, from, 'include fewer files')
  read.files += 1
  const text = textOf(path, files.get(path), from, doubts)
  for (const line of linesOf(text ?? '')) readLine(line, reading)
}

/** The text of a file that the configuration names; reported among the doubts where there is none. */
export function textOf(path: Untrusted, file: FileText | undefined, from: Place, doubts: Doubts): string | undefined {
  switch (file?.kind) {
    case 'text':
      return file.text
    case 'absent':
      doubts.refused(`${path} is not there`, from, 'make it, or remove the line that names it')
      return undefined
    case 'unreadable':
      doubts.unknown(`${path} could not be read: ${file.why}`, from, 'let root read it')
      return undefined
    case 'other':
      doubts.unknown(`${path} is no file`, from, 'name a file')
      return undefined
    case 'cut':
      doubts.unknown(`${path} is larger than what is read`, from, 'make it smaller')
      return undefined
    case undefined:
      doubts.unknown(`${path} was not read`, from, 'name fewer files')
      return undefined
  }
}

function readLine({ text, number }: Line, reading: Reading): void {
  const place = { path: reading.path, line: number }
  const reported = withoutBlanks(text.replace(/[#\r].*/s, ''))
  const word = /^[^ \t]*/.exec(reported)![0]
  if (word === '') return
  const known = SETTINGS.get(lowerCase(word))
  const value = withoutBlanks(reported.slice(word.length))
  if (known === undefined)
    return reading.doubts.refused(
      `it knows no setting ${JSON.stringify(word)}`,
      place,
      'correct or remove the line: OpenDKIM does not start with it',
    )
  const fault = faultOf(value, known.kind)
  if (fault !== undefined)
    return reading.doubts.refused(
      `${known.name} has ${fault}`,
      place,
      'correct the line: OpenDKIM does not start with it',
    )
  if (known.kind !== 'include') {
    reading.settings.push({ name: known.name, value, depth: reading.above.length, ...place })
    return
  }
  readFile({ ...reading, path: value, above: [...reading.above, reading.path] }, place)
}

function faultOf(value: Untrusted, kind: SettingKind): string | undefined {
  if (value === '') return 'no value'
  if (kind === 'yes-or-no') return yesOrNo(value) === undefined ? 'a value that is neither yes nor no' : undefined
  if (kind === 'number') return isNumber(value) ? undefined : 'a value that is no number'
  return value === '-' && kind === 'include' ? 'standard input as its value' : undefined
}

/** strtol(3) with base 0, which must take all of it. */
const isNumber = (value: Untrusted): boolean => /^[\v\f]*[-+]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(value)
