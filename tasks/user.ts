// Task: a user.
import { checkPath } from '../src/changes/check-path.ts'
import type { Change } from '../src/model/change.ts'
import { flag, listOf, number, oneOf, required, secret, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { fact, type UserFact } from '../src/model/fact.ts'
import { change, ok, type Plan } from '../src/model/plan.ts'
import { UNKNOWN } from '../src/model/unknown.ts'
import { userProbe, type UserState } from '../src/probes/accounts-probe.ts'
import { raw } from '../src/shell/script.ts'
import { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

export interface UserArgs {
  readonly user: string
  readonly uid?: number
  /** The primary group; must be there. Left out: one of the user's own name. */
  readonly group?: string
  /** All supplementary groups; with `append`, those that must be among them. */
  readonly groups?: readonly string[]
  readonly append?: boolean
  readonly home?: string
  /** Makes the home directory of a user that is made. */
  readonly createHome?: boolean
  readonly shell?: string
  readonly comment?: string
  /** With a number below 1000; only for a user that is made. */
  readonly system?: boolean
  /** The hash, as crypt(5) writes it. */
  readonly password?: Secret<string>
  /** `absent` removes the user; the home stays. */
  readonly state?: 'present' | 'absent'
}

const NAME = /^[a-z_][a-z0-9_-]{0,31}$/

/** useradd(8), usermod(8), userdel(8). */
export const user = defineTask<UserArgs, UserState>({
  type: 'user',
  name: ({ user }) => user,
  arguments: {
    user: required(text), uid: number, group: text, groups: listOf(text), append: flag, home: text, createHome: flag, shell: text, comment: text, system: flag, password: secret,
    state: oneOf('present', 'absent'),
  },
  check: ({ user, uid, group, groups, home, shell, comment, password }) =>
    [user, ...(group === undefined ? [] : [group]), ...(groups ?? [])].map((each) => (NAME.test(each) ? undefined : `${JSON.stringify(each)} is no name of a user or group`)).find((wrong) => wrong !== undefined) ??
    (uid === undefined || (Number.isInteger(uid) && uid >= 0) ? undefined : `uid must be a number, got ${uid}`) ??
    (home === undefined ? undefined : checkPath('home', home)) ??
    (shell === undefined ? undefined : checkPath('shell', shell)) ??
    ([home, shell, comment, password?.reveal()].some((each) => each !== undefined && /[:\n\0]/.test(each)) ? 'home, shell, comment and password cannot hold a colon or a newline' : undefined),
  probe: ({ user }) => userProbe(user),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : now.is.kind === 'absent' ? create(args, now) : modify(args, now, now.is)),
  writes: ({ user }) => [`user:${user}`, `group:${user}`],
  owns: ({ user }) => [`user:${user}`],
  examples: [
    { title: 'A system user', args: { user: 'vmail', system: true, home: '/var/vmail', shell: '/usr/sbin/nologin' } },
    { title: 'Groups beside those that it has', args: { user: 'postmaster', groups: ['mail'], append: true, comment: "Who answers, it's said" }, given: 'useradd postmaster' },
    { title: 'A password', args: { user: 'ops2', password: new Secret('$y$j9T$abcdefgh$ijklmnopqrstuvwxyz'), shell: '/bin/bash' } },
    { title: 'No user', args: { user: 'former', state: 'absent' }, given: 'useradd former' },
  ],
})

const remove = ({ user }: UserArgs, now: UserState): Plan<UserState> => (now.is.kind === 'absent' ? ok : change([{ summary: 'remove', apply: sh`userdel -- ${user}` }], { is: { kind: 'absent' }, password: '' }))

/** By chpasswd's input, so that no process shows the hash. */
const setPassword = (user: string, password: Secret<string>): Change => ({ summary: 'password', apply: sh`printf '%s:%s\n' ${user} ${password} | chpasswd -e` })

function create({ user, uid, group, groups, home, createHome, shell, comment, system, password }: UserArgs, _: UserState): Plan<UserState> {
  const option = (flag: string, value: string | number | undefined) => (value === undefined ? raw('') : sh`${flag} ${value} `)
  const sorted = [...(groups ?? [])].sort()
  const apply = sh`g=-U; getent group -- ${user} >/dev/null && g=${`-g ${user}`}; useradd ${system ? raw('-r ') : raw('')}${createHome ? raw('-m ') : raw('-M ')}${option('-u', uid)}${group === undefined ? raw('$g ') : option('-g', group)}${option('-G', sorted.length === 0 ? undefined : sorted.join(','))}${option('-d', home)}${option('-s', shell)}${option('-c', comment)}-- ${user}`
  const is: UserFact = { kind: 'user', uid: uid ?? UNKNOWN, group: group ?? user, groups: sorted, home: home ?? UNKNOWN, shell: shell ?? UNKNOWN, comment: comment ?? '', locked: UNKNOWN }
  const changes = [{ summary: 'create', apply }, ...(password === undefined ? [] : [setPassword(user, password)])]
  // useradd -U makes the group of the user's own name; without it, it is there.
  const facts = group === undefined ? [fact('group', user, { kind: 'group', gid: UNKNOWN })] : []
  return change(changes, { is, password: password?.reveal() ?? '!' }, facts, [`user:${user}`, ...(group === undefined ? ([`group:${user}`] as const) : [])])
}

function modify({ user, uid, group, groups, append, home, shell, comment, password }: UserArgs, now: UserState, is: Extract<UserFact, { kind: 'user' }>): Plan<UserState> {
  const have = Array.isArray(is.groups) ? (is.groups as readonly string[]) : []
  const wanted = groups === undefined ? have : [...new Set([...groups, ...(append ? have : [])])].sort()
  const changes: Change[] = []
  const set = (what: string, flag: string, from: unknown, to: string | number | undefined): void => {
    if (to !== undefined && from !== to) changes.push({ summary: `${what} ${typeof from === 'symbol' ? '' : `${String(from)} → `}${to}`, apply: sh`usermod ${flag} ${to} -- ${user}` })
  }
  set('uid', '-u', is.uid, uid)
  set('group', '-g', is.group, group)
  set('home', '-d', is.home, home)
  set('shell', '-s', is.shell, shell)
  set('comment', '-c', is.comment, comment)
  if (wanted.join() !== have.join()) changes.push({ summary: `groups ${have.join(', ') || 'none'} → ${wanted.join(', ') || 'none'}`, apply: sh`usermod -G ${wanted.join(',')} -- ${user}` })
  if (password !== undefined && now.password !== password.reveal()) changes.push(setPassword(user, password))
  return change(changes, {
    is: { ...is, uid: uid ?? is.uid, group: group ?? is.group, home: home ?? is.home, shell: shell ?? is.shell, comment: comment ?? is.comment, groups: wanted, locked: password === undefined ? is.locked : UNKNOWN },
    password: password?.reveal() ?? now.password,
  }, [], [`user:${user}`])
}
