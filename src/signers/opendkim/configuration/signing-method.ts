// Finds which of OpenDKIM's two methods a configuration uses: tables, or one key for all its domains.
import { dataSetOf, type Entry } from './data-set.ts'
import { wholePath, withWholePath } from './keys.ts'
import { tableOf, type Table } from './look-up.ts'
import { isYes, type Setting, type Settings } from './read-settings.ts'
import { refuseMissingKeys, type Given } from './refusals.ts'
import type { SigningMethod } from './signatures.ts'
import type { Doubts, OpendkimSources, Place } from './sources.ts'
import type { Options } from './words.ts'

/** Characters of patterns that are not for one domain each: they are looked through for each address again. */
const MOST_TEXT = 40_000

export function setOf(
  setting: Pick<Setting, 'name' | 'value'> & Place,
  files: OpendkimSources['files'],
  doubts: Doubts,
  read: (entry: Entry) => Entry = (entry) => entry,
): Table | undefined {
  const set = dataSetOf(setting, files, doubts)
  if (set === undefined) return undefined
  const table = tableOf({ ...set, entries: set.entries.map(read) }, setting.name !== 'KeyTable')
  if (table.slow <= MOST_TEXT) return table
  doubts.unknown(`${setting.name} has too many patterns of several stars`, setting, 'name domains')
  return undefined
}

export interface Reading {
  readonly path: string
  readonly settings: Settings
  readonly options: Options
  readonly files: OpendkimSources['files']
  readonly doubts: Doubts
  readonly signs: boolean
  given(name: string, option?: string): Given | undefined
}

export function signingMethodOf(reading: Reading): SigningMethod {
  const { settings, files, doubts, signs, path } = reading
  const [keyTable, signingTable] = [settings.get('keytable'), settings.get('signingtable')]
  if (keyTable === undefined) {
    if (signingTable !== undefined) doubts.refused('SigningTable needs a KeyTable', signingTable, 'name a KeyTable')
    return byDomain(reading)
  }
  const base = settings.get('basedirectory')?.value
  const keys = setOf(keyTable, files, doubts, (entry) => withWholePath(entry, base))
  const signing = signingTable && setOf(signingTable, files, doubts)
  const option = reading.options.get('k')
  if (signs && option !== undefined) doubts.refused('-k does not go with a KeyTable', { path: '-k' }, 'remove -k')
  if (signs && signingTable === undefined && !settings.has('setuppolicyscript'))
    doubts.refused('KeyTable needs a SigningTable', { path }, 'name a SigningTable')
  if (keys === undefined || signing === undefined) return { kind: 'nobody' }
  if (signs) refuseMissingKeys(signing, keys, doubts)
  return { kind: 'tables', signing, keys, multiple: isYes(settings, 'MultipleSignatures') }
}

function byDomain({ settings, options, files, doubts, given, signs }: Reading): SigningMethod {
  const [selector, keyFile, domain] = [given('Selector', 's'), given('KeyFile', 'k'), given('Domain', 'd')]
  const base = settings.get('basedirectory')?.value
  const whole = selector !== undefined && keyFile !== undefined
  const either = selector ?? keyFile
  if (signs && either !== undefined && !whole)
    doubts.refused('KeyFile and Selector need each other', either.place, 'set both, or none')
  if (domain === undefined) return { kind: 'nobody' }
  if (signs && !whole) doubts.refused('Domain needs KeyFile and Selector', domain.place, 'set both')
  const domains = setOf({ name: 'Domain', value: domain.value, ...domain.place }, files, doubts)
  if (domains === undefined) return { kind: 'nobody' }
  const key = whole
    ? { selector: selector.value, path: wholePath(keyFile.value, base), place: keyFile.place }
    : undefined
  return { kind: 'domains', domains, subDomains: options.has('D') || isYes(settings, 'SubDomains'), key }
}
