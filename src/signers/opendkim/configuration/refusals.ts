// Finds values with which OpenDKIM does not start (dkimf_config_load() and main() of opendkim.c).
import type { Untrusted } from '../../../shell/untrusted.ts'
import { dataSetOf, formOf } from './data-set.ts'
import { MOST_STEPS } from './pattern.ts'
import type { Settings } from './read-settings.ts'
import { signingValue } from './signatures.ts'
import type { Table } from './look-up.ts'
import type { Doubts, OpendkimSources, Place } from './sources.ts'
import { DATA_SETS } from './setting-names.ts'
import type { Options } from './words.ts'

/** Of each setting or option that is given, its value and where. */
export interface Given {
  readonly value: string
  readonly place: Place
}

const MEND = 'correct it: OpenDKIM does not start with it'

const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  SignatureAlgorithm: ['rsa-sha1', 'rsa-sha256', 'ed25519-sha256'],
  ATPSHashAlgorithm: ['sha256', 'sha1', 'none'],
  BogusKey: ['none', 'neutral', 'fail'],
  UnprotectedKey: ['none', 'neutral', 'fail'],
}

const CANONICAL = /^(?:relaxed|simple)(?:\/(?:relaxed|simple))?$/i

/** strtoul(3) of 32 bits, then nothing, `+`, or `%` of at most 100. */
function isMinimum(value: Untrusted): boolean {
  const [, digits = '', sign = ''] = /^[ \v\f]*\+?([0-9]*)(.?)/.exec(value)!
  const most = sign === '%' ? 100 : 2 ** 32 - 1
  return !value.startsWith('-') && Number(digits) <= most && ['', '+', '%'].includes(sign)
}

/** @param given - the option, else the setting. */
export function refuseValues(given: (name: string, option?: string) => Given | undefined, doubts: Doubts): void {
  const refuse = (name: string, option: string | undefined, isRight: (value: string) => boolean): void => {
    const is = given(name, option)
    if (is !== undefined && !isRight(is.value))
      doubts.refused(`${name} cannot be ${JSON.stringify(is.value)}`, is.place, MEND)
  }
  for (const [name, values] of Object.entries(ONE_OF))
    refuse(name, name === 'SignatureAlgorithm' ? 'S' : undefined, (value) => values.includes(value.toLowerCase()))
  refuse('Canonicalization', 'c', (value) => CANONICAL.test(value))
  refuse('Mode', 'b', (value) => /^[sv]*$/.test(value))
  refuse('Minimum', 'L', isMinimum)
}

/** What opens but signs nobody: reported where it is not there, or cannot be read. */
export function lookAtOtherSets(
  settings: Settings,
  options: Options,
  files: OpendkimSources['files'],
  doubts: Doubts,
): void {
  for (const name of DATA_SETS) {
    if (['SigningTable', 'KeyTable', 'Domain'].includes(name)) continue
    const setting = settings.get(name.toLowerCase())
    const word = name === 'OmitHeaders' ? options.get('o') : undefined
    const is = word === undefined ? setting : { name, value: word, path: '-o' }
    if (is === undefined) continue
    dataSetOf(is, files, doubts)
    refuseKind(name, is.value, is, doubts)
  }
}

const NO_PATTERNS = ['MTA', 'SenderHeaders', 'OverSignHeaders', 'MustBeSigned', 'OmitHeaders', 'SignHeaders']

function refuseKind(name: string, value: string, place: Place, doubts: Doubts): void {
  const { kind } = formOf(value)
  if (kind === 'refile' && (NO_PATTERNS.includes(name) || name === 'MacroList'))
    doubts.refused(`${name} cannot be a refile:`, { path: place.path, ...lineOf(place) }, MEND)
}

const lineOf = ({ line }: Place): { line?: number } => (line === undefined ? {} : { line })

/**
 * At a start OpenDKIM looks whether the keys of a SigningTable are there; it ends at the first line that names no
 * signer besides its key, and looks at no `refile:`.
 */
export function refuseMissingKeys(signing: Table, keys: Table, doubts: Doubts): void {
  if (signing.kind === 'patterns') return
  // Reported by tableLines().
  if (keys.slow * signing.entries.reduce((sum, { value = '' }) => sum + value.length, 0) > MOST_STEPS) return
  for (const entry of signing.entries) {
    const value = signingValue(entry, signing.kind)
    if (typeof value === 'string' && entry.value === '') return
    const keyName = typeof value === 'string' ? '' : value.keyName
    if (entry.value !== undefined && (typeof value === 'string' ? !hasSigner(entry.value) : value.signer === '')) return
    if (!isWhole(keys, keyName))
      return doubts.refused(
        `the KeyTable has no whole key ${JSON.stringify(keyName)}`,
        entry.place,
        'correct the line: OpenDKIM does not start with it',
      )
  }
}

const hasSigner = (value: string): boolean => value.includes(':') && !value.endsWith(':')

/** A key that is named without a value is taken for one here, and fails when it is to sign. */
function isWhole(keys: Table, name: string): boolean {
  const entry = keys.find(name)
  if (entry === undefined) return false
  return entry.value === undefined || /^[^:]+:[^:]+:[^]+$/.test(entry.value)
}
