// What Debian packages bring that tasks ask for: users, groups, paths and units. A prediction uses it before a package
// is installed.
import { fact, type Fact, type PathFact, type UserFact } from '../../core/task/fact.ts'
import { UNKNOWN, type Known } from '../../core/unknown.ts'

const user = (name: string, groups: Known<readonly string[]>): Fact =>
  fact('user', name, {
    kind: 'user',
    uid: UNKNOWN,
    group: UNKNOWN,
    groups,
    home: UNKNOWN,
    shell: UNKNOWN,
    comment: UNKNOWN,
    locked: UNKNOWN,
  } satisfies UserFact)
const group = (name: string): Fact => fact('group', name, { kind: 'group', gid: UNKNOWN })
const directory = (path: string, owner: string, ownerGroup: string, mode: string): Fact =>
  fact('path', path, { kind: 'directory', owner, group: ownerGroup, mode } satisfies PathFact)
const file = (path: string): Fact =>
  fact('path', path, {
    kind: 'file',
    owner: 'root',
    group: 'root',
    mode: '0644',
    sha256: UNKNOWN,
    mtime: UNKNOWN,
  } satisfies PathFact)
const unit = (name: string): Fact => fact('unit', name, { kind: 'unit', active: true, enabled: 'enabled' })

const TABLE: Readonly<Record<string, readonly Fact[]>> = {
  opendkim: [
    user('opendkim', []),
    group('opendkim'),
    directory('/etc/dkimkeys', 'opendkim', 'opendkim', '0700'),
    directory('/run/opendkim', 'opendkim', 'opendkim', '0750'),
    file('/etc/opendkim.conf'),
    file('/etc/default/opendkim'),
    unit('opendkim.service'),
  ],
  postfix: [
    user('postfix', UNKNOWN),
    group('postfix'),
    group('postdrop'),
    directory('/etc/postfix', 'root', 'root', '0755'),
    directory('/var/spool/postfix', 'root', 'root', '0755'),
    file('/etc/postfix/main.cf'),
    file('/etc/postfix/master.cf'),
    file('/etc/aliases'),
    file('/etc/aliases.db'),
    file('/etc/mailname'),
    unit('postfix.service'),
  ],
  'opendkim-tools': [],
  openssl: [],
}

/** The packages about which this file knows something. */
export const PACKAGES_KNOWN: readonly string[] = Object.keys(TABLE)

/** `undefined`: nothing is known about this package. */
export const provides = (name: string): readonly Fact[] | undefined => TABLE[name]
