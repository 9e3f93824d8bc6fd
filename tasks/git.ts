// Task: a working copy of a git repository, at one commit.
import { checkPath } from '../src/resources/files/check-path.ts'
import { emptinessOf, type Emptiness } from '../src/resources/files/emptiness.ts'
import { madeByRoot, type KnownAttributes } from '../src/resources/files/attributes.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { whyBlocked } from '../src/resources/files/put-content.ts'
import {
  inUser,
  nobodyElses,
  quietGit,
  workingCopy,
  type Copy,
  type WorkingCopyState,
} from '../src/resources/git/working-copy.ts'
import { flag, required, seconds, secret, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, ok, remarked, type Plan } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { lines, raw, type Script } from '../src/shell/script.ts'
import type { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

export interface GitArgs {
  /** `https://…`, `ssh://…`, `USER@HOST:…`, `file:///…`; without a password. */
  readonly repository: string
  /** Absolute: the working copy, a directory of its own. */
  readonly dest: string
  /** In 40 (or 64) hexadecimal digits: a branch or a tag can be moved, and to ask for it takes the network. */
  readonly commit: string
  /** Whose it is, and as whom git is run; left out: who does the work, which is root unless it was set otherwise. */
  readonly user?: string
  /** The header `Authorization` that an `https` repository wants, such as `Basic …` or `Bearer …`. */
  readonly authorization?: Secret<string>
  /** Throws away what was changed in it. Left out: where another commit is wanted, changes block. */
  readonly force?: boolean
  /** After this many seconds it is ended and has failed; left out: 600. */
  readonly timeoutSeconds?: number
}

export interface GitState extends WorkingCopyState {
  readonly dest: PathState
  readonly holds: Emptiness
}

/** Two commits, of which nothing is random. */
const EXAMPLE_REPOSITORY = `
command -v git >/dev/null || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install git >/dev/null 2>&1
}
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE=2026-01-01T00:00:00Z
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
rm -rf /srv/git/tool.git
git init -q -b main /srv/git/tool.git && cd /srv/git/tool.git
for text in one two; do
  echo $text > README && git add README && git commit -qm $text
done
cd /`

/**
 * A working copy at one commit. Whether it is there is asked of the working copy alone; only where another commit is
 * wanted is the repository asked for it, and by nothing but that commit where the server allows it. Hooks and
 * submodules are left alone, as are files that git does not track. What was interrupted is finished by the next run.
 * Without `user`, a working copy that others can write blocks: git would run what they put into its configuration.
 *
 * @ansible git
 */
export const git = defineTask<GitArgs, GitState>({
  type: 'git',
  name: ({ dest }) => dest,
  arguments: {
    repository: required(text),
    dest: required(text),
    commit: required(text),
    user: text,
    authorization: secret,
    force: flag,
    timeoutSeconds: seconds,
  },
  check,
  probe: ({ dest, user }) => ({
    ...joinProbes<WorkingCopyState, PathState | Emptiness, GitState>(
      workingCopy(dest, user),
      [pathProbe({ path: dest, wanted: 'nothing', owner: user }), emptinessOf(dest)],
      (copy, [own, holds]) => ({ ...copy, dest: own as PathState, holds: holds as Emptiness }),
      ({ dest: own, holds, ...copy }) => [copy, [own, holds]],
    ),
    // What is in it afterwards nobody knows: tasks that ask about it wait.
    facts: () => [],
  }),
  plan,
  writes: ({ dest }) => [`path:${dest}`],
  owns: ({ dest }) => [`content:${dest}`],
  examples: [
    {
      title: 'A commit of a repository',
      beside: 'packages',
      args: {
        repository: 'file:///srv/git/tool.git',
        dest: '/opt/tool',
        commit: '24d94978cd25ef89b9e03f860bae2ce5d2a1e535',
      },
      given: EXAMPLE_REPOSITORY,
    },
    {
      title: "Another commit, as a user, whatever was changed in the user's working copy",
      beside: 'packages',
      args: {
        repository: 'file:///srv/git/tool.git',
        dest: '/srv/list "2"',
        commit: '0e9442ff80b341c247f9763d6680502766d78d18',
        user: 'mail',
        force: true,
      },
      given: `${EXAMPLE_REPOSITORY}
chown -R mail: /srv/git/tool.git
rm -rf '/srv/list "2"'
install -d -o mail '/srv/list "2"'
runuser -u mail -- git clone -q file:///srv/git/tool.git '/srv/list "2"'
cd '/srv/list "2"'
runuser -u mail -- git checkout -q 24d94978cd25ef89b9e03f860bae2ce5d2a1e535
echo mine > README`,
    },
  ],
})

const SECONDS = 600

function check({ repository, dest, commit, user, authorization }: GitArgs): string | undefined {
  const wrong = checkPath('dest', dest)
  if (wrong !== undefined) return wrong
  if (dest === '/') return 'dest cannot be /'
  if (!/^(?:https?:\/\/|ssh:\/\/|git:\/\/|file:\/\/\/|[\w.-]+@[\w.-]+:)[\x21-\x7e]+$/.test(repository))
    return 'repository must be an address such as https://git.example.org/tool.git or git@git.example.org:tool.git'
  if (/^https?:\/\/[^/]*@/.test(repository)) return 'repository holds a password or a token: give it as authorization'
  if (authorization !== undefined && !/^https:\/\/[\w.:[\]-]+\//.test(repository))
    return 'authorization goes with an https repository alone'
  if (authorization !== undefined && !/^[\x20-\x7e]+$/.test(authorization.reveal()))
    return 'authorization must be one line of printable ASCII'
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    return `commit must be 40 or 64 hexadecimal digits in lower case, got ${JSON.stringify(commit)}`
  return user === undefined || /^[a-z_][a-z0-9_.-]*$/i.test(user)
    ? undefined
    : `user must be a user name, got ${JSON.stringify(user)}`
}

function plan(args: GitArgs, now: GitState): Plan<GitState> {
  const { dest, commit } = args
  const why = whyNot(args, now)
  if (why !== undefined) return blocked(why)
  const copy = typeof now.copy === 'string' ? undefined : now.copy
  const changed = copy?.changed ?? []
  const listed = `${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ', …' : ''}`
  const isWhole = copy?.commit !== undefined && !copy.unfinished
  const isKept = isWhole && changed.length > 0 && !args.force
  if (isKept && copy.commit === commit) return remarked(ok, { warning: `${dest} has changes of its own: ${listed}` })
  if (isKept) return blocked(`${dest} has changes of its own: ${listed}: commit or undo them, or say force: true`)
  if (isWhole && copy.commit === commit && changed.length === 0) return ok
  const is = now.dest.is.kind === 'directory' ? now.dest.is : { kind: 'directory' as const, ...madeBy(now.user) }
  const apply = inUser(args.user, checkingOut(args, copy))
  return change([{ summary: summaryOf(commit, copy), apply, timeoutSeconds: args.timeoutSeconds ?? SECONDS }], {
    ...now,
    copy: { commit, changed: [], unfinished: false },
    dest: { ...now.dest, is },
    holds: 'full',
  })
}

const madeBy = (user: string): KnownAttributes =>
  user === 'root' ? madeByRoot('0755') : { owner: user, group: UNKNOWN, mode: '0755' }

const short = (commit: string): string => commit.slice(0, 12)

function summaryOf(commit: string, copy: Copy | undefined): string {
  if (copy?.commit === undefined) return `check out ${short(commit)}`
  return copy.commit === commit ? `check out ${short(commit)} again` : `${short(copy.commit)} → ${short(commit)}`
}

/** Why git cannot be run there as things stand. */
function whyNot({ dest, user }: GitArgs, now: GitState): string | undefined {
  const { is } = now.dest
  const why = whyBlocked(dest, is.kind === 'directory' ? { ...now.dest, is: { kind: 'absent' } } : now.dest)
  if (why !== undefined) return why
  if (is.kind === 'file') return `${dest} is a file: remove it first`
  if (!now.installed) return 'there is no git on the host: install it with apt'
  if (user === undefined && now.above !== undefined)
    return `others can lead ${dest} elsewhere: above it is ${now.above}: name its user, as whom git is to be run`
  const whose = user ?? now.user
  if (is.kind === 'absent' && whose !== now.user)
    return `${dest} is not there: make it with directory, as one of ${whose}'s`
  if (is.kind === 'directory' && is.owner !== whose)
    return `${dest} belongs to ${String(is.owner)}, not to ${whose}: give it to ${whose}, or name its user`
  if (user === undefined && now.inside !== undefined)
    return (
      `others can have git run what they like: ${now.inside}: ` +
      'take that right from them, or name its user, as whom git is to be run'
    )
  if (now.copy === 'broken') return `${dest} is no working copy that git can read: see git -C ${dest} status`
  return now.copy === 'none' && now.holds === 'full'
    ? `${dest} holds files and is no working copy: remove them, or name another directory`
    : undefined
}

const ALL_REFS = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']

/** Fetched by commit, which few servers refuse; else by all branches and tags. */
function checkingOut(
  { repository, dest, commit, user, authorization, force }: GitArgs,
  copy: Copy | undefined,
): Script {
  const isNew = copy?.commit === undefined
  const fresh = isNew || copy.unfinished
  const shallow = raw(isNew ? '--depth 1' : '')
  const how = raw(fresh || force ? '--force' : '')
  return lines([
    ...(user === undefined ? [nobodyElses(dest)] : []),
    quietGit(dest),
    raw('umask 022'),
    ...(authorization === undefined ? [] : [authorized(new URL(repository).origin, authorization)]),
    ...(copy === undefined ? [sh`git init -q --template= -- ${dest} || exit`] : []),
    // What a run that was killed has left, and nobody else: it said so before.
    ...(fresh ? [sh`[ ! -e ${`${dest}/.git/index.lock`} ] || unlink ${`${dest}/.git/index.lock`}`] : []),
    sh`here cat-file -e ${`${commit}^{commit}`} 2>/dev/null ||
  here fetch -q --no-tags --no-write-fetch-head ${shallow} -- ${repository} ${commit} ||
  here fetch -q --no-write-fetch-head -- ${repository} ${ALL_REFS} ||
  exit
here config mailrun.checkout ${commit} &&
here checkout -q ${how} --detach ${commit} &&
here config --unset mailrun.checkout`,
  ])
}

/** By the environment, which no other user sees. */
const authorized = (origin: string, header: Secret<string>): Script => sh`export GIT_CONFIG_COUNT=1
export GIT_CONFIG_KEY_0=${`http.${origin}/.extraHeader`}
export GIT_CONFIG_VALUE_0='Authorization: '${header}`
