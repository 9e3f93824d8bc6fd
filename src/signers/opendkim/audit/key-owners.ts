// Audit rules about keys that the daemon itself can change. It parses strangers' mail, so it should not be able to; the
// rules say why mailrun leaves such keys as they are.
import { foundIf, rule } from '../../../findings/rule.ts'
import { DAEMON, KEY_DIRECTORY, KEY_GROUP } from '../keys/key-group.ts'
import { keyMoves, type Owned } from '../keys/key-owners.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { ancestorsOf } from '../../keys/signing.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { remembered } from '../../../text/remembered.ts'
import { attributesOf } from './setup.ts'

/** Paths that one message names. */
const NAMED_AT_MOST = 5

/** What would be given to root, and what would stay as it is. */
const movesOf = remembered((setup: OpendkimMailSetup): ReturnType<typeof keyMoves> => {
  if (setup.user !== DAEMON) return { moves: [], stays: [] }
  const keys = new Map(setup.keys.map((key) => [key.path, key]))
  const places = [...keys.values()].flatMap(({ path, state }) => {
    const key = ownedOf(setup, path)
    return key === undefined || state !== 'there'
      ? []
      : [{ key, above: ancestorsOf(path).flatMap((each) => ownedOf(setup, each) ?? []) }]
  })
  return keyMoves(places, { members: membersOf(setup), acl: [], overrides: [] })
})

function ownedOf({ paths }: OpendkimMailSetup, path: Untrusted): Owned | undefined {
  const is = paths[path]
  return is === undefined || is.type === 'l' ? undefined : { path, owner: is.owner, group: is.group, mode: is.mode }
}

const membersOf = ({ members }: OpendkimMailSetup): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(members).map(([group, names]) => [
      group,
      names.filter((name) => name !== DAEMON && name !== 'root'),
    ]),
  )

export const keyDaemonOwned = rule({
  id: 'key-daemon-owned',
  check: 'setup',
  severity: 'note',
  means:
    "The daemon parses strangers' mail and owns its keys or their directories: an attacker who " +
    'exploits a bug in it can replace them.',
  remedy: 'run playbooks/dkim.ts, which gives them to root',
  find(setup: OpendkimMailSetup) {
    const paths = movesOf(setup).moves.map(({ from }) => from.path)
    const first = paths[0] ?? ''
    const more = paths.length > NAMED_AT_MOST ? ` and ${paths.length - NAMED_AT_MOST} more` : ''
    return foundIf(paths.length > 0, {
      subject: { path: first },
      message: `${DAEMON} owns ${paths.slice(0, NAMED_AT_MOST).join(', ')}${more}`,
      expected: `root:${KEY_GROUP}`,
      found: attributesOf(setup, first),
    })
  },
})

export const keyNotRoots = rule({
  id: 'key-not-roots',
  check: 'setup',
  severity: 'note',
  means:
    'A key or its directory belongs to another account, or that account can read it: mailrun does ' +
    'not give it to root.',
  remedy: `make keys below ${KEY_DIRECTORY} for the host, or make sure that no other account needs these`,
  find: (setup: OpendkimMailSetup) =>
    movesOf(setup).stays.map(({ path, why }) => ({
      subject: { path },
      message: `${path} cannot be given to root: ${why}`,
      expected: `root:${KEY_GROUP}`,
      found: attributesOf(setup, path),
    })),
})
