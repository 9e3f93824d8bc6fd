// Asks passwd(5), shadow(5) and group(5) about one account, and about the groups and the home that it is to have.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { fact, factAbout, type Fact, type GroupFact, type UserFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import type { Resource } from '../../core/task/resource.ts'
import type { Known } from '../../core/unknown.ts'
import { readerQuestion } from '../reader/reader.ts'
import { perlList, perlQuote } from '../../shell/perl-quote.ts'
import type { Script } from '../../shell/script.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'

export interface UserState {
  readonly is: UserFact
  /** The password's hash, as shadow(5) has it. */
  readonly password: string
  /** Of the groups that were asked for, those that do not exist. */
  readonly missing: readonly string[]
  /** Whether the home that was asked for, else the user's own, is a directory. */
  readonly homeThere: Known<boolean>
}

export interface UserQuestion {
  readonly name: string
  /** Groups that must exist. */
  readonly groups: readonly string[]
  /** `undefined`: the one in passwd(5). */
  readonly home: string | undefined
}

export const userProbe = (question: UserQuestion): Probe<UserState> => {
  const { name, groups, home } = question
  return defineProbe<UserState>({
    key: `user ${JSON.stringify([name, groups, home])}`,
    reads: [
      `user:${name}`,
      ...groups.map((group): Resource => `group:${group}`),
      ...(home === undefined ? [] : [`path:${home}` as const]),
    ],
    script: userScript(question),
    parse: (answer) => userIn(answer, `the user ${name} cannot be asked for`),
    facts: ({ is }) => [fact('user', name, is)],
    foresee: (state, known) => foreseeUser(question, state, known),
  })
}

/** Of shadow(5). */
const SHADOW_BYTES = 16 << 20

/**
 * Only root can read shadow(5). What getpwnam(3) says of a user that has no line there is no hash: it may be `x` or
 * `*`. A directory service may list no groups, and yet know those of a user: id(1) asks.
 */
const userScript = ({ name, groups, home }: UserQuestion): Script =>
  readerQuestion({
    program: String.raw`
my @is = getpwnam ${perlQuote(name)};
my ($user, undef, $uid, $gid, undef, undef, $comment, $home, $shell) = @is;
print join ':', $user, 'x', $uid, $gid, $comment, $home, $shell if @is;
print "\0", @is ? getgrgid($gid) // $gid : '';
print "\0", @is ? captured('id', '-Gn', '--', ${perlQuote(name)}) : '';
sub password {
  return $1 if (text_of('/etc/shadow', ${SHADOW_BYTES}) // '') =~ /^\Q$user\E:([^:\n]*)/m;
  (split /:/, captured('getent', 'shadow', '--', $user))[1] // ''
}
print "\0", @is && $> == 0 ? password() : '', "\0";
print map { defined getgrnam $_ ? () : "$_\n" } ${perlList(groups)};
my $directory = ${home === undefined ? '$home' : perlQuote(home)};
print "\0", defined $directory && -d $directory ? 'there' : 'absent';
${PERL_END}
`,
  })

function userIn(answer: Answer, what: string): UserState {
  const parts = utf8(whole(answer, what)).split('\0')
  const [passwd = '', group = '', groups = '', password = '', lacking = '', directory = ''] = parts.map((part) =>
    part.trim(),
  )
  const rest = { missing: lacking === '' ? [] : lacking.split('\n'), homeThere: directory === 'there' }
  if (passwd === '') return { is: { kind: 'absent' }, password: '', ...rest }
  const [, , uid, , comment = '', home = '', shell = ''] = passwd.split('\n')[0]!.split(':')
  return {
    is: {
      kind: 'user',
      uid: numberIn(uid, what, answer),
      group,
      groups: groups
        .split(' ')
        .filter((each) => each !== '' && each !== group)
        .sort(),
      home,
      shell,
      comment,
      locked: /^[!*]/.test(password),
    },
    password,
    ...rest,
  }
}

function foreseeUser({ name, groups, home }: UserQuestion, state: UserState, known: Fact): UserState {
  const reported = factAbout(known, 'user', name)
  if (reported) return { ...state, is: reported.value }
  const group = groups.find((each) => known.resource === `group:${each}`)
  if (group !== undefined) {
    const others = state.missing.filter((each) => each !== group)
    return { ...state, missing: (known.value as GroupFact).kind === 'absent' ? [...others, group] : others }
  }
  const directory = home === undefined ? undefined : factAbout(known, 'path', home)
  return directory ? { ...state, homeThere: directory.value.kind === 'directory' } : state
}

export const groupProbe = (name: string): Probe<GroupFact> =>
  defineProbe<GroupFact>({
    key: `group ${name}`,
    reads: [`group:${name}`],
    script: readerQuestion({ program: `print scalar(getgrnam ${perlQuote(name)}) // '';\n${PERL_END}` }),
    parse(answer) {
      const what = `the group ${name} cannot be asked for`
      const gid = whole(answer, what).trim()
      return gid === '' ? { kind: 'absent' } : { kind: 'group', gid: numberIn(gid, what, answer) }
    },
    facts: (state) => [fact('group', name, state)],
    foresee: (state, known) => factAbout(known, 'group', name)?.value ?? state,
  })

function numberIn(text: Untrusted | undefined, what: string, { stdout, stderr }: Answer): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new ProbeError(`${what}: ${utf8(stderr).trim() || `a number is wanted in ${JSON.stringify(utf8(stdout))}`}`)
}
