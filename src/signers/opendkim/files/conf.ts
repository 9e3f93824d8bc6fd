// The settings in an opendkim.conf(5) that mailrun writes. The configuration that is on a host is read by
// `src/signers/opendkim/configuration`.
import type { Untrusted } from '../../../shell/untrusted.ts'

/** Read when the daemon starts, never at a reload. Source: main() in OpenDKIM 2.11.0 Beta2's opendkim.c. */
const START_ONLY = [
  'AutoRestart',
  'AutoRestartCount',
  'AutoRestartRate',
  'Background',
  'ChangeRootDirectory',
  'MilterDebug',
  'PidFile',
  'POPDBFile',
  'QueryCache',
  'Socket',
  'StrictTestMode',
  'TestPublicKeys',
  'UMask',
  'UserID',
]

/** Values by name; names in lower case, for OpenDKIM does not tell them apart by case. The last of several counts. */
export const settingsOf = (text: Untrusted): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const match = /^\s*(\S+)\s+(.*\S)\s*$/.exec(line.replace(/#.*/, ''))
      return match ? [[match[1]!.toLowerCase(), match[2]!]] : []
    }),
  )

/** The settings that differ and of which only a start makes anything; both by name in lower case. */
export const needsRestart = (
  was: ReadonlyMap<string, Untrusted>,
  is: ReadonlyMap<string, Untrusted>,
): readonly string[] => START_ONLY.filter((name) => was.get(name.toLowerCase()) !== is.get(name.toLowerCase()))

/**
 * The first of the settings that a configuration must have and has otherwise, in words:
 * `"Socket local:/x", and says "local:/y"`; `undefined` where it has them all.
 */
export function unlike(configuration: Untrusted, wanted: Readonly<Record<string, string>>): string | undefined {
  const settings = settingsOf(configuration)
  const wrong = Object.entries(wanted).find(([name, value]) => settings.get(name.toLowerCase()) !== value)
  if (wrong === undefined) return undefined
  const is = settings.get(wrong[0].toLowerCase())
  const says = is === undefined ? 'says nothing of it' : `says ${JSON.stringify(is)}`
  return `${JSON.stringify(wrong.join(' '))}, and ${says}`
}
