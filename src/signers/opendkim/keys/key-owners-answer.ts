// Parses the answer about owners of DKIM keys: to whom keys belong, who is in the group that may read them, and what
// else could prevent a change.
import { DAEMON } from './key-group.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { fromHex } from '../../../shell/perl-words.ts'
import type { SigningAnswer } from '../setup/signing-answer.ts'

/** Owner, group and mode (four octal digits). */
export interface PathOwner {
  readonly path: string
  readonly kind: 'directory' | 'file' | 'other'
  readonly owner: string
  readonly group: string
  readonly mode: string
}

/** A process of the daemon's user, and the systemd unit that it is of; `-` where it is of none. */
export interface DaemonProcess {
  readonly pid: string
  readonly unit: string
}

export interface KeyOwners {
  /** Whether the user opendkim is there. */
  readonly user: boolean
  /** The accounts in the group opendkim-keys, by group(5) or as their primary group; `undefined`: it is not there. */
  readonly group: readonly string[] | undefined
  /** Keys, their directories, and all above these. */
  readonly paths: readonly PathOwner[]
  /** By dpkg-statoverride(1), below the directory of keys. */
  readonly overrides: readonly Omit<PathOwner, 'kind'>[]
  /** By group, where any of `paths` is the daemon's: those that own a path. */
  readonly members: Readonly<Record<string, readonly string[]>>
  /** With an access control list that lets others in. */
  readonly acl: readonly string[]
  /** That were not started in the group. */
  readonly outside: readonly DaemonProcess[]
}

const KINDS: Readonly<Record<string, PathOwner['kind']>> = { d: 'directory', f: 'file' }
const fourDigits = (mode: Untrusted): string => mode.padStart(4, '0')
const namesIn = (list: Untrusted): readonly string[] => list.split(',').filter((name) => name !== '')

/** Of what the question about signing tells. */
export function ownersIn({ of, paths }: Pick<SigningAnswer, 'of' | 'paths'>): KeyOwners {
  const [user = '', gid = '-', members = ''] = of('keygroup')[0] ?? []
  return {
    user: user === '1',
    group: gid === '-' ? undefined : namesIn(members),
    paths: [...paths].map(([path, { type, owner, group, mode }]) => ({
      path,
      kind: KINDS[type] ?? 'other',
      owner,
      group,
      mode,
    })),
    overrides: of('override').map(([path = '', owner = '', group = '', mode = '']) => ({
      path,
      owner,
      group,
      mode: fourDigits(mode),
    })),
    members: Object.fromEntries(
      of('members').map(([group = '', list = '']) => [
        group,
        namesIn(list).filter((name) => name !== DAEMON && name !== 'root'),
      ]),
    ),
    acl: of('acl').map(([path = '']) => fromHex(path)),
    outside: of('outside').map(([pid = '', unit = '-']) => ({ pid, unit })),
  }
}
