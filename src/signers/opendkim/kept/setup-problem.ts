// Explains why mailrun cannot find out what a host's OpenDKIM signs, or cannot change it.
import { isKnown } from '../../../core/unknown.ts'
import { DAEMON } from '../keys/key-group.ts'
import { configurationOf, KEY_TABLE, SIGNING_TABLE, type OpendkimSetup } from '../setup/signing.ts'
import { CONFIGURATION } from '../setup/signing-family.ts'
import { placeText, type OpendkimConfiguration } from '../configuration/index.ts'
import { more, SHOWN } from './loss-words.ts'

export const setupProblem = (setup: OpendkimSetup, configuration: OpendkimConfiguration): string | undefined =>
  unreadable(configuration) ?? overruled(configuration) ?? outdated(setup, configuration)

function unreadable({ notUnderstood }: OpendkimConfiguration): string | undefined {
  const doubts = notUnderstood.filter(({ refused }) => !refused)
  if (doubts.length === 0) return undefined
  const list = doubts.slice(0, SHOWN).map(({ what, place, remedy }) => `\n${placeText(place)}: ${what}: ${remedy}`)
  return (
    "not all of OpenDKIM's configuration can be read, so mailrun cannot know what is signed, " +
    `and nothing is changed:${list.join('')}${more(doubts.length)}`
  )
}

/** Words of the command line that go before the configuration that is to come, where they say something else. */
const OVERRULING: Readonly<Record<string, readonly [setting: string, isLike: (value: string) => boolean]>> = {
  b: ['Mode', (value) => value.includes('s')],
  d: ['Domain', () => false],
  D: ['SubDomains', () => false],
  k: ['KeyFile', () => false],
  s: ['Selector', () => false],
  u: ['UserID', (value) => value.split(':')[0] === DAEMON],
}

function overruled({ path, options }: OpendkimConfiguration): string | undefined {
  const [name, [setting] = ['']] =
    Object.entries(OVERRULING).find(([each, [, isLike]]) => options.has(each) && !isLike(options.get(each)!)) ?? []
  if (path === CONFIGURATION && name === undefined) return undefined
  const is = name === undefined ? `-x ${path}` : `-${name} (${setting})`
  return (
    `OpenDKIM is started with ${is}, which goes before what ${CONFIGURATION} says: ` +
    'say it there, take it out of the unit ("systemctl cat opendkim" shows where it stands), and restart opendkim'
  )
}

/**
 * What runs may sign by what was there when it read its files. Mailrun's own tables a run corrects, and makes again.
 */
function outdated(setup: OpendkimSetup, { notUnderstood }: OpendkimConfiguration): string | undefined {
  if (!setup.runs || setup.ours) return undefined
  const doubts = notUnderstood.filter(({ refused }) => refused)
  if (doubts.length === 0 || areGone(setup)) return undefined
  const list = doubts.slice(0, SHOWN).map(({ what, place, remedy }) => `\n${placeText(place)}: ${what}: ${remedy}`)
  return (
    'OpenDKIM runs, and would not start with what its configuration says now, so mailrun cannot know what it signs, ' +
    `and nothing is changed:${list.join('')}${more(doubts.length)}\nthen restart it (systemctl restart opendkim)`
  )
}

/** Both of mailrun's tables, which the configuration names. */
function areGone(setup: OpendkimSetup): boolean {
  const { sources } = setup
  const isGone = (path: string): boolean => isKnown(sources) && sources.files.get(path)?.kind === 'absent'
  return otherTables(setup) === undefined && isGone(KEY_TABLE) && isGone(SIGNING_TABLE)
}

const TABLES = { keytable: `file:${KEY_TABLE}`, signingtable: `refile:${SIGNING_TABLE}` }

export function otherTables(setup: OpendkimSetup): string | undefined {
  const settings = configurationOf(setup)?.settings
  if (settings === undefined || Object.entries(TABLES).every(([name, value]) => settings.get(name)?.value === value))
    return undefined
  return "OpenDKIM does not read mailrun's tables: run playbooks/dkim.ts first"
}
