// Asks what a git working copy has: its commit, and what was changed in it. No other host is asked.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PackageFact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { asUser } from '../command/as-user.ts'
import { withWalk } from '../files/program/with-walk.ts'

/** A commit, or none yet; files that differ from it, at most {@link CHANGED_AT_MOST}. */
export interface Copy {
  readonly commit: string | undefined
  readonly changed: readonly string[]
  /** Another commit was being checked out, and that did not come to its end. */
  readonly unfinished: boolean
}

export interface WorkingCopyState {
  readonly installed: boolean
  /** Who does the work. */
  readonly user: string
  /** Who else can write a directory above it: `/srv, which mail can write`. */
  readonly above: string | undefined
  /** Who else can write it, its `.git` or its configuration. Not asked where git is run as a user that was named. */
  readonly inside: string | undefined
  /** `broken`: git does not take it for one. `unread`: there is one, and no git that may be asked. */
  readonly copy: Copy | 'none' | 'broken' | 'unread'
}

export const CHANGED_AT_MOST = 20

/**
 * Where others can write a directory on the way, these can put another working copy there; where they can write the
 * working copy itself, git runs what they write into its configuration. Fails where `$looks_inside`, and others can.
 */
const OTHERS = String.raw`
my ($path, $looks_inside) = @ARGV;
my $above = eval { enter($path); $below || '' };
$above //= $@ =~ /refused/ ? 'a link on the way, which others can change' : '';
my $inside = '';
if ($looks_inside) {
  if (eval { enter("$path/.git/config"); 1 }) {
    my ($handle, @is) = inode($name);
    my $others = $> && @is && $is[5] == $) + 0 ? 02 : 022;
    $below ||= "$at/$name, which others than " . who($>) . ' can write'
      if $handle && is_file($is[2]) && (!trusted($is[4]) || $is[2] & $others);
  }
  $inside = $below || '';
}
print substr($above, 0, 500), "\n", substr($inside, 0, 500), "\n";
exit 1 if $looks_inside && ($above || $inside);
`

/** Fails where others can have git do what they like in a working copy. For a change, before git is run. */
export const nobodyElses = (path: string): Script =>
  sh`others=$(${withWalk(OTHERS)} ${path} 1) || {
  echo ${`others can change ${path} now: `}"$others" >&2
  exit 1
}`

/** git(1) without what a repository can have it run, or ask, or find above. `SUDO_UID` would be trusted, too. */
export const quietGit = (path: string): Script =>
  sh`unset SUDO_UID SUDO_GID GIT_DIR GIT_WORK_TREE
export GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 GIT_ALLOW_PROTOCOL=file:git:http:https:ssh
export GIT_CEILING_DIRECTORIES=${path.slice(0, path.lastIndexOf('/')) || '/'}
here() { git -C ${path} -c core.hooksPath=/dev/null -c core.fsmonitor=false -c gc.auto=0 "$@"; }`

/** Left out of {@link workingCopy}'s `user`: as who does the work. */
export const inUser = (user: string | undefined, script: Script): Script =>
  user === undefined ? sh`(${raw('\n')}${script}${raw('\n')})` : asUser(user, script)

/**
 * What a working copy has.
 *
 * @param user - whose it is; `undefined`: of who does the work.
 */
export const workingCopy = (path: string, user: string | undefined): Probe<WorkingCopyState> =>
  defineProbe<WorkingCopyState>({
    key: `git ${JSON.stringify([path, user])}`,
    reads: [`path:${path}`, 'package:git', ...(user === undefined ? [] : [`user:${user}` as const])],
    script: lines([
      sh`command -v git >/dev/null && echo yes || echo no
id -un
${withWalk(OTHERS)} ${path} ${user === undefined ? '1' : ''} && may=yes || may=no
if [ ! -e ${`${path}/.git`} ]; then
  echo none
elif [ $may = no ] || ! command -v git >/dev/null; then
  echo unread
else`,
      inUser(
        user,
        lines([
          quietGit(path),
          sh`if here rev-parse --git-dir >/dev/null; then
  here rev-parse -q --verify HEAD || echo unborn
  here config --get mailrun.checkout || echo
  here status --porcelain --untracked-files=no --no-renames --ignore-submodules | head -n ${CHANGED_AT_MOST} | cut -c 4-
else
  echo broken
fi`,
        ]),
      ),
      raw('fi'),
      raw(END),
    ]),
    parse(answer) {
      const what = `the working copy ${path} cannot be asked for`
      const [installed, name = '', above, inside, commit, unfinished, ...changed] = utf8(whole(answer, what)).split(
        '\n',
      )
      if (above === undefined || inside === undefined || commit === undefined)
        throw new ProbeError(`${what}: ${utf8(answer.stderr).trim() || 'it said nothing'}`)
      const common = {
        installed: installed === 'yes',
        user: name,
        above: above === '' ? undefined : above,
        inside: inside === '' ? undefined : inside,
      }
      if (commit === 'none' || commit === 'broken' || commit === 'unread') return { ...common, copy: commit }
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64}|unborn)$/.test(commit) || unfinished === undefined)
        throw new ProbeError(`${what}: its commit cannot be read`)
      const copy: Copy = {
        commit: commit === 'unborn' ? undefined : commit,
        unfinished: unfinished !== '',
        changed: changed.filter((line) => line !== ''),
      }
      return { ...common, copy }
    },
    foresee: (state, known) => foresee(path, user, state, known),
  })

function foresee(
  path: string,
  user: string | undefined,
  state: WorkingCopyState,
  known: Fact,
): WorkingCopyState | undefined {
  if (known.resource === 'package:git') {
    const installed = (known.value as PackageFact).kind === 'installed'
    return state.copy === 'unread' ? undefined : { ...state, installed }
  }
  if (!known.resource.startsWith('path:')) return state
  const name = known.resource.slice('path:'.length)
  const { kind } = known.value as PathFact
  if (name === path && kind !== 'directory') return { ...state, inside: undefined, copy: 'none' }
  if (name === path) return user !== undefined || foreseenAlone(state, known) ? state : undefined
  if (name.startsWith(`${path}/`)) return state.copy === 'none' && name !== `${path}/.git` ? state : undefined
  if (kind === 'absent') return { ...state, inside: undefined, copy: 'none' }
  return kind === 'directory' && foreseenAlone(state, known) ? state : undefined
}

/** A directory on the way that is root's alone from then on. One that others can write is asked for again. */
const foreseenAlone = ({ above, inside, user }: WorkingCopyState, { value }: Fact): boolean => {
  const { owner, mode } = value as Extract<PathFact, { kind: 'directory' }>
  const isAlone = owner === user && typeof mode === 'string' && /^.[0-7][0145][0145]$/.test(mode)
  return above === undefined && inside === undefined && isAlone
}
