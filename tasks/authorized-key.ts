// Task `authorizedKey`: a public key is one with which a user may log in, or is not.
import { userProbe, type UserState } from '../src/resources/accounts/accounts-probe.ts'
import { authorizedKeyIn, checkSshKey, exampleBlob, sshKey } from '../src/resources/accounts/ssh-key.ts'
import { attributeChanges } from '../src/resources/files/attributes.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { editContent } from '../src/resources/files/edit-content.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { makeDirectory } from '../src/resources/files/program/files.ts'
import { flag, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, ok, type Plan } from '../src/core/task/plan.ts'
import { isKnown } from '../src/core/unknown.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

export interface AuthorizedKeyArgs {
  /** Who may log in with it; must be there, or be made by a task before. */
  readonly user: string
  /** A line of a `.pub` file: `ssh-ed25519 AAAA… name`. */
  readonly key: string
  /** As sshd(8) has them: `restrict,from="192.0.2.0/24"`. Left out: none. */
  readonly options?: string
  /** The user's home directory; left out: `/home/USER`, and `/root` of root. */
  readonly home?: string
  /** No other key may log in: lines of other keys are removed. */
  readonly exclusive?: boolean
  readonly state?: 'present' | 'absent'
}

export interface AuthorizedKeyState {
  readonly user: UserState
  /** `~/.ssh` */
  readonly folder: PathState
  /** `~/.ssh/authorized_keys` */
  readonly file: PathState
}

/**
 * A line of `~/.ssh/authorized_keys`. The key itself tells which line: its options and its comment are changed in
 * place. `~/.ssh` is made where it is not there, and is the user's alone, for sshd(8) refuses it otherwise.
 *
 * @ansible authorized_key
 */
export const authorizedKey = defineTask<AuthorizedKeyArgs, AuthorizedKeyState>({
  type: 'authorizedKey',
  name: ({ user, key }) => `${user} ${sshKey(key)?.comment ?? `…${sshKey(key)?.blob.slice(-12) ?? ''}`}`,
  arguments: {
    user: required(text),
    key: required(text),
    options: text,
    home: text,
    exclusive: flag,
    state: oneOf('present', 'absent'),
  },
  check: ({ user, key, options, home, exclusive, state }) =>
    (/^[A-Za-z_][\w.-]{0,63}$/.test(user)
      ? undefined
      : `user must be the name of a user, got ${JSON.stringify(user)}`) ??
    checkSshKey('key', key) ??
    (home === undefined ? undefined : checkPath('home', home)) ??
    (options === undefined || isOptions(options, key)
      ? undefined
      : `options must be as sshd(8) has them, with no blank outside of quotes, got ${JSON.stringify(options)}`) ??
    (state === 'absent' && (options !== undefined || exclusive)
      ? 'options and exclusive do not go with state: absent'
      : undefined),
  probe: (args) =>
    joinProbes<UserState, PathState, AuthorizedKeyState>(
      userProbe({ name: args.user, groups: [], home: homeOf(args) }),
      [pathProbe({ path: folderOf(args), wanted: 'nothing' }), pathProbe({ path: fileOf(args), wanted: 'needed' })],
      (user, [folder, file]) => ({ user, folder: folder!, file: file! }),
      ({ user, folder, file }) => [user, [folder, file]],
    ),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : add(args, now)),
  writes: (args) => [`path:${folderOf(args)}`, `path:${fileOf(args)}`],
  owns: (args) =>
    args.exclusive ? [`content:${fileOf(args)}`] : [`content:${fileOf(args)}#key:${sshKey(args.key)?.blob ?? ''}`],
  examples: [
    {
      title: 'A key that may do everything',
      args: { user: 'admin1', key: `ssh-ed25519 ${exampleBlob(1)} ops@desk` },
      given: 'id admin1 >/dev/null 2>&1 || useradd -m admin1',
    },
    {
      title: 'A key for one command from one network, in the place of all others',
      args: {
        user: 'backup1',
        home: '/srv/backup1',
        key: `ssh-ed25519 ${exampleBlob(2)} backup`,
        options: 'restrict,from="192.0.2.0/24",command="rrsync -ro \\"/srv/a b\\""',
        exclusive: true,
      },
      given: `
id backup1 >/dev/null 2>&1 || useradd -m -d /srv/backup1 backup1
mkdir -p /srv/backup1/.ssh
printf '# mine\\nssh-ed25519 ${exampleBlob(1)} old\\nssh-ed25519 ${exampleBlob(2)}\\n' \\
  > /srv/backup1/.ssh/authorized_keys`,
    },
    {
      title: 'A key that may no longer',
      args: { user: 'admin2', key: `ssh-ed25519 ${exampleBlob(3)}`, state: 'absent' },
      given: `
id admin2 >/dev/null 2>&1 || useradd -m admin2
mkdir -p /home/admin2/.ssh
printf 'no-pty ssh-ed25519 ${exampleBlob(3)} left\\n' > /home/admin2/.ssh/authorized_keys
chown -R admin2: /home/admin2/.ssh`,
    },
  ],
})

const homeOf = ({ user, home }: AuthorizedKeyArgs): string => home ?? (user === 'root' ? '/root' : `/home/${user}`)
const folderOf = (args: AuthorizedKeyArgs): string => `${homeOf(args)}/.ssh`
const fileOf = (args: AuthorizedKeyArgs): string => `${folderOf(args)}/authorized_keys`

/** The line is read back as the same key: none is hidden in the options. */
const isOptions = (options: string, key: string): boolean =>
  /^[\x21-\x7e][\x20-\x7e]*$/.test(options) &&
  !options.startsWith('#') &&
  authorizedKeyIn(`${options} ${key}`)?.blob === sshKey(key)?.blob

function add(args: AuthorizedKeyArgs, { user, folder, file }: AuthorizedKeyState): Plan<AuthorizedKeyState> {
  const { is } = user
  if (is.kind === 'absent') return blocked(`there is no user ${args.user} on the host: make it with user`)
  if (isKnown(is.home) && is.home !== homeOf(args))
    return blocked(`the home of ${args.user} is ${is.home}, not ${homeOf(args)}: say home: '${is.home}'`)
  if (folder.parent !== 'directory') return blocked(`${homeOf(args)} is not there: make it with createHome of user`)
  if (folder.is.kind !== 'directory' && folder.is.kind !== 'absent') return blocked(`${folderOf(args)} is no directory`)
  const owned = { owner: args.user, group: isKnown(is.group) ? is.group : args.user }
  const [made, folderThen] = folderPlan(folderOf(args), { ...owned, mode: '0700' }, folder)
  const plan = editContent(
    {
      path: fileOf(args),
      ...owned,
      mode: '0600',
      create: true,
      needed: true,
      validate: undefined,
      backup: false,
      edit: (before) => withKey(before, args),
    },
    { ...file, parent: 'directory' },
  )
  if (plan.kind === 'blocked') return plan
  return change([...made, ...(plan.kind === 'change' ? plan.changes.map(named) : [])], {
    user,
    folder: folderThen,
    file: plan.kind === 'change' ? plan.then : file,
  })
}

const named = (each: Change): Change => ({ ...each, summary: `authorized_keys: ${each.summary}` })

interface Owned {
  readonly owner: string
  readonly group: string
  readonly mode: string
}

function folderPlan(path: string, wanted: Owned, now: PathState): readonly [readonly Change[], PathState] {
  const then: PathState = { ...now, is: { kind: 'directory', ...wanted } }
  if (now.is.kind === 'directory') return [attributeChanges(path, wanted, now.is), then]
  return [[{ summary: `create ${path}`, apply: makeDirectory(path, wanted, []) }], then]
}

/**
 * With the line of the key as it is wanted, once; other lines stay, but those of other keys where it is to be alone.
 */
function withKey(before: Untrusted, { key, options, exclusive }: AuthorizedKeyArgs): string {
  const { type, blob, comment } = sshKey(key)!
  const lines = linesOf(before).map((line) => ({ line, found: authorizedKeyIn(line) }))
  const first = lines.findIndex(({ found }) => found?.blob === blob)
  const said = comment ?? lines[first]?.found?.comment
  const wanted = [options, type, blob, said].filter((word) => word !== undefined).join(' ')
  const after = lines.flatMap(({ line, found }, index) => {
    if (index === first) return [wanted]
    const goes = found !== undefined && (exclusive === true || found.blob === blob)
    return goes ? [] : [line]
  })
  return [...after, ...(first === -1 ? [wanted] : [])].map((line) => `${line}\n`).join('')
}

const linesOf = (text: Untrusted): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function remove(args: AuthorizedKeyArgs, now: AuthorizedKeyState): Plan<AuthorizedKeyState> {
  const { blob } = sshKey(args.key)!
  if (now.user.is.kind === 'absent' || now.file.is.kind === 'absent') return ok
  const plan = editContent(
    {
      path: fileOf(args),
      owner: undefined,
      group: undefined,
      mode: undefined,
      create: false,
      needed: false,
      validate: undefined,
      backup: false,
      edit: (before) =>
        linesOf(before)
          .filter((line) => authorizedKeyIn(line)?.blob !== blob)
          .map((line) => `${line}\n`)
          .join(''),
    },
    now.file,
  )
  return plan.kind === 'change' ? { ...plan, then: { ...now, file: plan.then } } : plan
}
