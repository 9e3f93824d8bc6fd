// Task `user`: a user exists, or does not exist.
import { checkPath } from '../src/resources/files/check-path.ts'
import type { Change } from '../src/core/task/change.ts'
import { makeHome } from '../src/resources/files/program/files.ts'
import { flag, listOf, number, oneOf, required, secret, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact, type Fact, type UserFact } from '../src/core/task/fact.ts'
import { blocked, change, ok, type Plan } from '../src/core/task/plan.ts'
import type { Resource } from '../src/core/task/resource.ts'
import { isKnown, UNKNOWN, type Known } from '../src/core/unknown.ts'
import { userProbe, type UserState } from '../src/resources/accounts/accounts-probe.ts'
import { raw, type Script } from '../src/shell/script.ts'
import { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

export interface UserArgs {
  /** The login name: `ops`. */
  readonly user: string
  /** The numeric ID. Left out: as it is; of a new user the next free one. */
  readonly uid?: number
  /** The primary group; must be there, or be made by a task before. Left out: one of the user's own name. */
  readonly group?: string
  /**
   * All supplementary groups, which must be there too; with `append`, those that must be among them. The primary group
   * among them counts for nothing.
   */
  readonly groups?: readonly string[]
  /** With `groups`: other groups of the user stay. */
  readonly append?: boolean
  /** The home directory, absolute. Left out: as it is; of a new user what useradd(8) chooses. */
  readonly home?: string
  /** Makes the home directory where it is not there, with what is in /etc/skel. */
  readonly createHome?: boolean
  /** The login shell, absolute: `/usr/sbin/nologin` for one that nobody logs in as. */
  readonly shell?: string
  /** The full name, or what else describes the user (the GECOS field). */
  readonly comment?: string
  /** With a number below 1000; only for a user that is made. */
  readonly system?: boolean
  /**
   * The hash, as crypt(5) writes it (`$y$…`, made by `mkpasswd`), with `!` before it for a locked one; or `!` or `*`
   * for none.
   */
  readonly password?: Secret<string>
  /** `absent` removes the user; the home stays. */
  readonly state?: 'present' | 'absent'
}

const NAME = /^[a-z_][a-z0-9_-]{0,31}$/

/** The hash of DES, thirteen letters, is left out: it is weak, and looks like a password. */
const CRYPT = /^(?=.)[!*]*(?:\$(?:1|2[abxy]?|3|5|6|7|y|gy|sha1|md5)[$,][./0-9A-Za-z$,=+-]+)?$/
const NO_HASH =
  'password must be a hash as crypt(5) writes it ($y$…, $6$…), for it is written to /etc/shadow as it stands: ' +
  'mkpasswd makes one; what is given is none'

/**
 * useradd(8), usermod(8), userdel(8).
 *
 * @ansible user
 */
export const user = defineTask<UserArgs, UserState>({
  type: 'user',
  name: ({ user }) => user,
  arguments: {
    user: required(text),
    uid: number,
    group: text,
    groups: listOf(text),
    append: flag,
    home: text,
    createHome: flag,
    shell: text,
    comment: text,
    system: flag,
    password: secret,
    state: oneOf('present', 'absent'),
  },
  check: ({ user, uid, group, groups, home, shell, comment, password }) =>
    [user, ...(group === undefined ? [] : [group]), ...(groups ?? [])]
      .map((each) => (NAME.test(each) ? undefined : `${JSON.stringify(each)} is no name of a user or group`))
      .find((wrong) => wrong !== undefined) ??
    (uid === undefined || (Number.isInteger(uid) && uid >= 0) ? undefined : `uid must be a number, got ${uid}`) ??
    (password === undefined || CRYPT.test(password.reveal()) ? undefined : NO_HASH) ??
    (home === undefined ? undefined : checkPath('home', home)) ??
    (shell === undefined ? undefined : checkPath('shell', shell)) ??
    ([home, shell, comment].some((each) => each !== undefined && /[:\n\0]/.test(each))
      ? 'home, shell and comment cannot hold a colon or a newline'
      : undefined),
  probe: ({ user, group, groups, home, state }) =>
    userProbe({
      name: user,
      home,
      groups: state === 'absent' ? [] : [...new Set([...(group === undefined ? [] : [group]), ...(groups ?? [])])],
    }),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : present(args, now)),
  writes: (args) => [
    `user:${args.user}`,
    `group:${args.user}`,
    ...(args.createHome ? [`path:${homeOf(args)}` as const] : []),
  ],
  owns: ({ user }) => [`user:${user}`],
  examples: [
    { title: 'A system user', args: { user: 'vmail', system: true, home: '/var/vmail', shell: '/usr/sbin/nologin' } },
    {
      title: 'Groups beside those that it has',
      args: { user: 'postmaster', groups: ['mail'], append: true, comment: "Who answers, it's said" },
      given: 'useradd postmaster',
    },
    {
      title: 'A home directory that is not there yet',
      args: { user: 'archive', home: '/srv/archive', createHome: true },
      given: 'useradd -M -d /srv/archive archive',
    },
    {
      title: 'A password',
      args: { user: 'ops2', password: new Secret('$y$j9T$abcdefgh$ijklmnopqrstuvwxyz'), shell: '/bin/bash' },
    },
    { title: 'No user', args: { user: 'former', state: 'absent' }, given: 'useradd former' },
  ],
})

/** The primary group, where it is known; it cannot be supplementary too. */
function primaryOf({ user, group }: UserArgs, is: UserFact): string | undefined {
  if (group !== undefined) return group
  if (is.kind === 'absent') return user
  return isKnown(is.group) ? is.group : undefined
}

const homeOf = ({ user, home }: UserArgs): string => home ?? `/home/${user}`

/** Where no home is named, only where Debian would put it is known, not what is there. */
const homeFacts = ({ user, home }: UserArgs, group: Known<string>): readonly Fact[] =>
  home === undefined ? [] : [fact('path', home, { kind: 'directory', owner: user, group, mode: UNKNOWN })]

function present(args: UserArgs, now: UserState): Plan<UserState> {
  const primary = primaryOf(args, now.is)
  const groups = args.groups?.filter((each) => each !== primary)
  const needed = [...(args.group === undefined ? [] : [args.group]), ...(groups ?? [])]
  const missing = now.missing.filter((each) => needed.includes(each))
  if (missing.length > 0)
    return blocked(
      `there is no group ${missing.join(' and no group ')} on the host: ` +
        'make it with group, or have apt say what its packages provide',
    )
  return now.is.kind === 'absent'
    ? create({ ...args, groups: [...new Set(groups ?? [])].sort() }, now)
    : modify(args, groups, primary, now, now.is)
}

const remove = ({ user }: UserArgs, now: UserState): Plan<UserState> =>
  now.is.kind === 'absent'
    ? ok
    : change([{ summary: 'remove', apply: sh`userdel -- ${user}` }], {
        ...now,
        is: { kind: 'absent' },
        password: '',
        homeThere: UNKNOWN,
      })

/** By chpasswd's input, so that no process shows the hash. */
const setPassword = (user: string, password: Secret<string>): Change => ({
  summary: 'password',
  apply: sh`printf '%s:%s\n' ${user} ${password} | chpasswd -e`,
})

type NewUser = UserArgs & { readonly groups: readonly string[] }

/** Where no group is named, the one of the user's own name, which may be there already. */
function useradd({ user, uid, group, groups, home, createHome, shell, comment, system }: NewUser): Script {
  const option = (flag: string, value: string | number | undefined): readonly (string | number)[] =>
    value === undefined ? [] : [flag, value]
  const before = [...(system ? ['-r'] : []), '-M', ...option('-u', uid)]
  const primary = group === undefined ? raw('$g') : sh`-g ${group}`
  const after = [
    ...option('-G', groups.length === 0 ? undefined : groups.join(',')),
    ...option('-d', home),
    ...option('-s', shell),
    ...option('-c', comment),
    '--',
    user,
  ]
  const choose = sh`g=-U; getent group -- ${user} >/dev/null && g=${`-g ${user}`}`
  const made = sh`${choose}; useradd ${before} ${primary} ${after}`
  return createHome ? sh`${made} && ${makeHome(user)}` : made
}

function create(args: NewUser, now: UserState): Plan<UserState> {
  const { user, uid, group, groups, home, createHome, shell, comment, password } = args
  const apply = useradd(args)
  const is: UserFact = {
    kind: 'user',
    uid: uid ?? UNKNOWN,
    group: group ?? user,
    groups,
    home: home ?? UNKNOWN,
    shell: shell ?? UNKNOWN,
    comment: comment ?? '',
    locked: UNKNOWN,
  }
  const changes = [{ summary: 'create', apply }, ...(password === undefined ? [] : [setPassword(user, password)])]
  // useradd -U makes the group of the user's own name; without it, it is there.
  const facts = [
    ...(group === undefined ? [fact('group', user, { kind: 'group', gid: UNKNOWN })] : []),
    ...(createHome ? homeFacts(args, group ?? user) : []),
  ]
  const writes: readonly Resource[] = [
    `user:${user}`,
    ...(group === undefined ? [`group:${user}` as const] : []),
    ...(createHome ? [`path:${homeOf(args)}` as const] : []),
  ]
  return change(
    changes,
    {
      is,
      password: password?.reveal() ?? '!',
      missing: now.missing.filter((each) => each !== user),
      homeThere: createHome ? true : UNKNOWN,
    },
    facts,
    writes,
  )
}

function modify(
  args: UserArgs,
  groups: readonly string[] | undefined,
  primary: string | undefined,
  now: UserState,
  is: Extract<UserFact, { kind: 'user' }>,
): Plan<UserState> {
  const { user, uid, group, append, home, createHome, shell, comment, password } = args
  const have = isKnown(is.groups) ? is.groups.filter((each) => each !== primary) : undefined
  const wanted = wantedGroups(groups, append === true, have, is.groups)
  const changes: Change[] = []
  const set = (what: string, flag: string, from: unknown, to: string | number | undefined): void => {
    if (to !== undefined && from !== to)
      changes.push({
        summary: `${what} ${typeof from === 'symbol' ? '' : `${String(from)} → `}${to}`,
        apply: sh`usermod ${flag} ${to} -- ${user}`,
      })
  }
  set('uid', '-u', is.uid, uid)
  set('group', '-g', is.group, group)
  set('home', '-d', is.home, home)
  set('shell', '-s', is.shell, shell)
  set('comment', '-c', is.comment, comment)
  const sameGroups = have !== undefined && isKnown(wanted) && wanted.join() === have.join()
  if (groups !== undefined && !sameGroups)
    changes.push(setGroups(user, groups, append ?? false, have, isKnown(wanted) ? wanted : undefined))
  if (password !== undefined && now.password !== password.reveal()) changes.push(setPassword(user, password))
  const makesHome = createHome === true && now.homeThere === false
  // What useradd -m would have made: from /etc/skel, the user's own.
  if (makesHome)
    changes.push({
      summary: `create ${home ?? (isKnown(is.home) ? is.home : 'its home')}`,
      apply: makeHome(user),
    })
  return change(
    changes,
    {
      is: {
        ...is,
        uid: uid ?? is.uid,
        group: group ?? is.group,
        home: home ?? is.home,
        shell: shell ?? is.shell,
        comment: comment ?? is.comment,
        groups: wanted,
        locked: password === undefined ? is.locked : UNKNOWN,
      },
      password: password?.reveal() ?? now.password,
      missing: now.missing,
      homeThere: createHome ? true : home === undefined || home === is.home ? now.homeThere : UNKNOWN,
    },
    makesHome ? homeFacts(args, group ?? is.group) : [],
    [`user:${user}`, ...(makesHome ? [`path:${home ?? (isKnown(is.home) ? is.home : homeOf(args))}` as const] : [])],
  )
}

/** @param have - `undefined`: of a package's user, before the package is there. */
function wantedGroups(
  groups: readonly string[] | undefined,
  append: boolean,
  have: readonly string[] | undefined,
  is: Known<readonly string[]>,
): Known<readonly string[]> {
  if (groups === undefined) return have ?? is
  if (!append) return [...new Set(groups)].sort()
  return have === undefined ? UNKNOWN : [...new Set([...groups, ...have])].sort()
}

/** @param have - as for {@link wantedGroups} */
function setGroups(
  user: string,
  groups: readonly string[],
  append: boolean,
  have: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
): Change {
  const list = append ? groups.filter((each) => !have?.includes(each)) : (wanted ?? groups)
  const inWords = (names: readonly string[]): string => names.join(', ') || 'none'
  return {
    summary: `groups ${have === undefined ? '' : `${inWords(have)} → `}${inWords(wanted ?? groups)}`,
    apply: sh`usermod ${append ? '-aG' : '-G'} ${list.join(',')} -- ${user}`,
  }
}
