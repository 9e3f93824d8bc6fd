// Lint: whether the daemon, which reads strangers' mail, can change its own keys, and why they stay so.
import { DAEMON, KEY_GROUP } from '../../mail/key-group.ts'
import { keyMoves, type Owned } from '../../mail/key-owners.ts'
import type { HostKey, MailSetup } from '../../model/mail-setup.ts'
import { ancestorsOf } from '../../probes/signing-family.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { faultIf, type Fault } from '../fault.ts'
import { attributesOf } from '../opendkim-setup.ts'

/** Paths that one message names. */
const NAMED_AT_MOST = 5

export function ownerFaults(setup: MailSetup, keys: readonly HostKey[]): readonly Fault[] {
  if (setup.user !== DAEMON) return []
  const places = keys.flatMap(({ path, state }) => {
    const key = ownedOf(setup, path)
    return key === undefined || state !== 'there'
      ? []
      : [{ key, above: ancestorsOf(path).flatMap((each) => ownedOf(setup, each) ?? []) }]
  })
  const { moves, stays } = keyMoves(places, { members: membersOf(setup), acl: [], overrides: [] })
  const paths = moves.map(({ from }) => from.path)
  const first = paths[0] ?? ''
  const more = paths.length > NAMED_AT_MOST ? ` and ${paths.length - NAMED_AT_MOST} more` : ''
  return [
    ...faultIf(paths.length > 0, {
      id: 'key-daemon-owned',
      subject: { path: first },
      message: `${DAEMON} owns ${paths.slice(0, NAMED_AT_MOST).join(', ')}${more}`,
      expected: `root:${KEY_GROUP}`,
      found: attributesOf(setup, first),
    }),
    ...stays.map(({ path, why }): Fault => ({
      id: 'key-not-roots',
      subject: { path },
      message: `${path} cannot be given to root: ${why}`,
      expected: `root:${KEY_GROUP}`,
      found: attributesOf(setup, path),
    })),
  ]
}

function ownedOf({ paths }: MailSetup, path: Untrusted): Owned | undefined {
  const is = paths[path]
  return is === undefined || is.type === 'l' ? undefined : { path, owner: is.owner, group: is.group, mode: is.mode }
}

const membersOf = ({ members }: MailSetup): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(members).map(([group, names]) => [
      group,
      names.filter((name) => name !== DAEMON && name !== 'root'),
    ]),
  )
