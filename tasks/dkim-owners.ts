// Task `dkimOwners`: a host's DKIM keys and their directories belong to root, so that the daemon, which parses
// strangers' mail, cannot change them.
import { checkDomains, checkSelector } from '../src/signers/keys/check-names.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { keepOnUpgrade, moveToRoot } from '../src/signers/opendkim/keys/key-owner-changes.ts'
import { DAEMON, KEY_DIRECTORY, KEY_GROUP } from '../src/signers/opendkim/keys/key-group.ts'
import { keyMoves, type KeyPlace, type Move, type Owned, type Stay } from '../src/signers/opendkim/keys/key-owners.ts'
import { listOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact, type Fact } from '../src/core/task/fact.ts'
import { blocked, change, remarked } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { keyOwnersProbe, type KeyOwners } from '../src/signers/opendkim/keys/key-owners-probe.ts'
import { ancestorsOf, type Signing } from '../src/signers/keys/signing.ts'
import { signingProbe } from '../src/signers/opendkim/setup/signing.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

export interface DkimOwnersArgs {
  /** In A-labels, lower case. */
  readonly domains: readonly string[]
  /** Of the host's first keys, as `dkimKey` takes it. */
  readonly selector: string
  /** Left out: /etc/dkimkeys. */
  readonly directory?: string
}

export interface DkimOwnersState {
  readonly signing: readonly Signing[]
  readonly owners: KeyOwners
}

/**
 * Keys `root:opendkim-keys` 0640, their directories `root:opendkim-keys` 0750, and /etc/dkimkeys kept so on upgrades of
 * the package. It goes after the task `opendkim`, which has a daemon that runs join the group. What another account
 * reads, what lies below a directory of somebody else and what an administrator's dpkg-statoverride keeps stays as it
 * is, and is named.
 */
export const dkimOwners = defineTask<DkimOwnersArgs, DkimOwnersState>({
  type: 'dkimOwners',
  name: () => 'keys and their directories',
  arguments: { domains: required(listOf(text)), selector: required(text), directory: text },
  check: ({ domains, selector, directory }) =>
    (domains.length === 0 ? 'domains is empty' : undefined) ??
    checkDomains(domains) ??
    checkSelector(selector) ??
    (directory === undefined ? undefined : checkPath('directory', directory)),
  probe: ({ domains, selector, directory = KEY_DIRECTORY }) =>
    joinProbes<readonly Signing[], KeyOwners, DkimOwnersState>(
      signingProbe({ domains, selector, directory }),
      [keyOwnersProbe(domains.map((domain) => `${directory}/${domain}`))],
      (signing, [owners]) => ({ signing, owners: owners! }),
      ({ signing, owners }) => [signing, [owners]],
    ),
  plan({ directory = KEY_DIRECTORY }, now) {
    const { signing, owners } = now
    const { moves, stays } = keyMoves(placesOf(now, directory), owners)
    if (moves.length > 0 && owners.group?.includes(DAEMON) !== true)
      return blocked(`the user ${DAEMON} is not in the group ${KEY_GROUP}: put dkimGroup before this task`)
    if (moves.length > 0 && owners.outside.length > 0) return { kind: 'ok', warning: outsideWarning(owners) }
    const remarks = stays.length === 0 ? {} : { note: stays.map(inWords).join('\n') }
    const kept = keptOnUpgrade(directory, owners, moves, stays)
    const then: DkimOwnersState = {
      signing: signing.map((each) => movedSigning(each, moves)),
      owners: movedOwners(owners, moves, kept),
    }
    return remarked<DkimOwnersState>(
      change(
        [...(kept === undefined ? [] : [keepOnUpgrade(directory, kept)]), ...moves.map(moveToRoot)],
        then,
        moves.map(factOf),
        moves.map(({ from }) => `path:${from.path}` as const),
      ),
      remarks,
    )
  },
  writes: ({ domains, directory = KEY_DIRECTORY }) => domains.map((domain) => `path:${directory}/${domain}` as const),
  examples: [
    {
      title: "Keys and directories that were the daemon's own",
      beside: 'packages',
      args: { domains: ['example.org'], selector: 'mx1' },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
getent group opendkim-keys >/dev/null || groupadd -r opendkim-keys
usermod -aG opendkim-keys opendkim
systemctl restart opendkim
mkdir -p /etc/dkimkeys/example.org
key=/etc/dkimkeys/example.org/mx1.private
[ -e $key ] || openssl genrsa -out $key 2048 2>/dev/null
chown -R opendkim:opendkim /etc/dkimkeys
chmod 0700 /etc/dkimkeys /etc/dkimkeys/example.org
chmod 0600 /etc/dkimkeys/example.org/*.private
dpkg-statoverride --quiet --remove /etc/dkimkeys || :`,
    },
  ],
})

/**
 * The directory itself, which has the tables and will have new keys; the keys that the tables name or the host has
 * first, and all others in the domains' directories.
 */
function placesOf({ signing, owners }: DkimOwnersState, directory: string): readonly KeyPlace[] {
  const reported = new Map<string, Owned>(owners.paths.map((each) => [each.path, each]))
  for (const { directories } of signing) for (const each of directories) reported.set(each.path, each)
  const keys = new Map(
    owners.paths.flatMap((each): [string, Owned][] =>
      each.kind === 'file' && each.path.endsWith('.private') ? [[each.path, each]] : [],
    ),
  )
  for (const { path, key } of signing) if (key.kind === 'key') keys.set(path, { path, ...key })
  const aboveOf = (path: Untrusted): readonly Owned[] => ancestorsOf(path).flatMap((each) => reported.get(each) ?? [])
  const itself = owners.paths.filter(({ path, kind }) => path === directory && kind === 'directory')
  return [
    ...itself.map((each) => ({ above: [...aboveOf(directory), each] })),
    ...[...keys.values()].map((key) => ({ key, above: aboveOf(key.path) })),
  ]
}

const inWords = ({ path, why }: Stay): string => `${path} stays as it is: ${why}`

const outsideWarning = ({ outside }: KeyOwners): string =>
  `keys and their directories still belong to ${DAEMON}: ${outside
    .slice(0, 5)
    .map(({ pid, unit }) => (unit === '-' ? `process ${pid}` : `${unit} (process ${pid})`))
    .join(', ')} runs as ${DAEMON} without the group ${KEY_GROUP}, and could no longer read them: ` +
  'restart it, and run again'

/** What dpkg-statoverride is to say of the directory, where it says nothing yet. */
function keptOnUpgrade(
  directory: string,
  { paths, overrides }: KeyOwners,
  moves: readonly Move[],
  stays: readonly Stay[],
): Move['to'] | undefined {
  const is = paths.find(({ path, kind }) => path === directory && kind === 'directory')
  const decided = overrides.some(({ path }) => path === directory) || stays.some(({ path }) => path === directory)
  if (directory !== KEY_DIRECTORY || is === undefined || decided) return undefined
  return moves.find(({ from }) => from.path === directory)?.to ?? is
}

const movedTo = (moves: readonly Move[], path: string): Move['to'] | undefined =>
  moves.find(({ from }) => from.path === path)?.to

function movedSigning(signing: Signing, moves: readonly Move[]): Signing {
  const { path, key, directories } = signing
  return {
    ...signing,
    key: key.kind === 'key' ? { ...key, ...movedTo(moves, path) } : key,
    directories: directories.map((each) => ({ ...each, ...movedTo(moves, each.path) })),
  }
}

function movedOwners(owners: KeyOwners, moves: readonly Move[], kept: Move['to'] | undefined): KeyOwners {
  const paths = owners.paths.map((each) => ({ ...each, ...movedTo(moves, each.path) }))
  const isAllRoots = paths.every(({ owner }) => owner !== DAEMON)
  return {
    ...owners,
    paths,
    ...(kept === undefined
      ? {}
      : {
          overrides: [
            ...owners.overrides,
            { path: KEY_DIRECTORY, owner: kept.owner, group: kept.group, mode: kept.mode },
          ],
        }),
    ...(isAllRoots ? { members: {}, acl: [], outside: [] } : {}),
  }
}

const factOf = ({ kind, from, to }: Move): Fact =>
  fact(
    'path',
    from.path,
    kind === 'directory' ? { kind, ...to } : { kind: 'file', ...to, sha256: UNKNOWN, mtime: UNKNOWN },
  )
