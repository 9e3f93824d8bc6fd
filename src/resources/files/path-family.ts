// Asks about many paths at once, and divides the output into one answer for each path.
import { createHash } from 'node:crypto'
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { ProbeError, type Family } from '../../core/probe/probe.ts'
import { perlList, perlQuote } from '../../shell/perl-quote.ts'
import { readerQuestion } from '../reader/reader.ts'
import { askable, isNumber } from '../accounts/accounts.ts'
import { PERL_END, whole as textOf } from '../../core/probe/whole.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * How much of a file is asked: nothing, its SHA-256, or its bytes too (up to {@link contentBytes}): `shown` for a diff,
 * `needed` because the plan is made of them.
 */
export type Wanted = 'nothing' | 'digest' | 'shown' | 'needed'

/** A file above this size brings no content to be shown. */
export const SHOWN_BYTES = 65_536

/** A file above this size cannot be edited. */
export const NEEDED_BYTES = 1_048_576

/** The most bytes of content that an answer brings. */
export const contentBytes = (wanted: Wanted): number =>
  wanted === 'needed' ? NEEDED_BYTES : wanted === 'shown' ? SHOWN_BYTES : 0

/** One question of the family. */
export interface PathItem {
  readonly path: string
  readonly wanted: Wanted
  /** A name, which must exist; or a number, whose name is reported. */
  readonly owner?: string
  readonly group?: string
}

/** What is reported for one path, as JSON. */
export interface PathAnswer {
  /** Why it cannot be looked at. */
  readonly problem?: Untrusted
  /** `d`, `a` for absent, `o` for anything else. */
  readonly parent: string
  /** find(1)'s fields but the path; left out where it is not there. */
  readonly found?: readonly string[]
  readonly sha256?: string
  readonly content?: Untrusted
  /** `user vmail`, `group mail` */
  readonly missing: readonly string[]
  /** What find(1) would call the numbers that were asked for as owner or group. */
  readonly names?: { readonly owner?: string; readonly group?: string }
}

export const pathItem = (item: PathItem): string => JSON.stringify(item)

const FIELD_COUNT = 8

/**
 * - `parents PATHS` prints a letter for each directory, as {@link PathAnswer} has it.
 * - `look PATHS` prints find(1)'s fields `%p %y %u %g %m %T@ %s %l` of each that is there, the time in whole seconds.
 * - `files BYTES PATH …` opens regular files without following links, and prints for each its path, descriptor and
 *   length, then its bytes; the length is -1 for a file with more than BYTES. Digests follow.
 * - `accounts` prints lines of passwd(5) or group(5), for names or numbers.
 */
const PROGRAM = String.raw`
sub parents { map { -d $_ ? 'd' : lstat $_ ? 'o' : 'a' } @_ }
my %letter = (0100000, 'f', 0040000, 'd', 0120000, 'l', 0010000, 'p', 0140000, 's', 0060000, 'b', 0020000, 'c');
my (%user, %group);
sub look {
  for my $path (@_) {
    my @is = lstat $path;
    if (!@is) {
      print STDERR "find: $path: $!\n" if $! != 2;
      next;
    }
    my $to = -l _ ? readlink $path : '';
    my $user = $user{$is[4]} //= getpwuid($is[4]) // $is[4];
    my $group = $group{$is[5]} //= getgrgid($is[5]) // $is[5];
    print join "\0", $path, $letter{type($is[2])} // '?', $user, $group, sprintf('%o', $is[2] & 07777),
      "$is[9].0000000000", $is[7], "$to\0";
  }
}
sub files {
  while (@_) {
    my @in;
    while (@in < 200 && @_) {
      my ($most, $path) = splice @_, 0, 2;
      my $in = tried('sha256sum', $path, \&regular) or next;
      my $size = -s $in;
      my $bytes = $size <= $most ? bytes_of($in, $size) : '';
      print "$path\0", fileno $in, "\0", $size <= $most ? length $bytes : -1, "\0$bytes";
      push @in, $in;
    }
    print "\0";
    sums(\@in);
  }
}
sub accounts {
  my ($by_name, $by_number, @accounts) = @_;
  my %is = map {
    my ($name, undef, $number) = /^\d+$/ ? $by_number->($_) : $by_name->($_);
    defined $name ? ("$name:x:$number:", 1) : ()
  } @accounts;
  print join("\n", sort keys %is), "\0";
}
`

export const pathFamily: Family = {
  name: 'path',
  script(items) {
    const questions = items.map(question)
    const accounts = (which: 'owner' | 'group'): string =>
      perlList([...new Set(questions.flatMap((each) => each[which] ?? []))])
    const paths = [...new Set(questions.map(({ path }) => path))]
    return readerQuestion({
      program: `${PROGRAM}
print parents${perlList([...new Set(paths.map(parentOf))])}, "\\0";
look${perlList(paths)};
print "FILES\\0";
files(${filesAsked(questions)});
print "USERS\\0";
accounts(sub { getpwnam $_[0] }, sub { getpwuid $_[0] }, ${accounts('owner')});
print "GROUPS\\0";
accounts(sub { getgrnam $_[0] }, sub { getgrgid $_[0] }, ${accounts('group')});
${PERL_END}
`,
    })
  },
  split(answer, items) {
    const questions = items.map(question)
    const reported = readAll(answer, questions)
    return questions.map(({ path, owner, group, wanted }) => ({
      ...answer,
      stdout: JSON.stringify({
        problem: reported.problems.get(path),
        parent: reported.parents.get(parentOf(path)),
        found: reported.found.get(path),
        sha256: wanted === 'nothing' ? undefined : reported.digests.get(path),
        content: contentWithin(contentBytes(wanted), reported.contents.get(path)),
        missing: [
          ...(askable(owner) && !reported.users.has(owner) ? [`user ${owner}`] : []),
          ...(askable(group) && !reported.groups.has(group) ? [`group ${group}`] : []),
        ],
        names: {
          ...(isNumber(owner) ? { owner: nameOf(reported.users, owner) } : {}),
          ...(isNumber(group) ? { group: nameOf(reported.groups, group) } : {}),
        },
      }),
    }))
  },
}

/** Of each file that is asked for more than what it is: how many bytes are wanted at most, and its path. */
function filesAsked(questions: readonly PathItem[]): string {
  const { needed, shown } = contentsOf(questions)
  const asked = [...new Set(questions.filter(({ wanted }) => wanted !== 'nothing').map(({ path }) => path))]
  const most = (path: string): number => (needed.has(path) ? NEEDED_BYTES : shown.has(path) ? SHOWN_BYTES : -1)
  return asked.map((path) => `${most(path)}, ${perlQuote(path)}`).join(', ')
}

/** Whose content is asked for, by how much of it is taken. */
function contentsOf(questions: readonly PathItem[]): {
  readonly needed: ReadonlySet<string>
  readonly shown: ReadonlySet<string>
} {
  const needed = new Set(questions.filter(({ wanted }) => wanted === 'needed').map(({ path }) => path))
  return {
    needed,
    shown: new Set(
      questions.filter(({ wanted, path }) => wanted === 'shown' && !needed.has(path)).map(({ path }) => path),
    ),
  }
}

const contentWithin = (most: number, content: string | undefined): string | undefined =>
  content !== undefined && content.length <= most ? content : undefined

/** Where there is no account of this number find(1) prints the number. */
const nameOf = (accounts: ReadonlyMap<string, number>, digits: string): string =>
  [...accounts].find(([, number]) => number === Number(digits))?.[0] ?? String(Number(digits))

const question = (item: string): PathItem => JSON.parse(item) as PathItem

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

function readAll(answer: Answer, questions: readonly PathItem[]) {
  const { stderr } = answer
  const stdout = textOf(answer, 'paths cannot be looked at')
  const problems = problemsOf(utf8(stderr), questions)
  // Paths come back as bytes in latin1, as all output does.
  const wire = new Map(questions.map(({ path }) => [Buffer.from(path).toString('latin1'), path]))
  let at = 0
  const next = (): string => {
    const end = stdout.indexOf('\0', at)
    if (end < 0) throw new ProbeError(`the answer about paths was cut short: ${utf8(stderr).trim() || 'no message'}`)
    const field = stdout.slice(at, end)
    at = end + 1
    return field
  }
  const letters = next()
  const parents = new Map(
    [...new Set(questions.map(({ path }) => parentOf(path)))].map((parent, index) => [parent, letters[index]]),
  )
  const found = new Map<string, readonly string[]>()
  for (let path = next(); path !== 'FILES'; path = next()) {
    const fields = Array.from({ length: FIELD_COUNT - 1 }, next)
    found.set(wire.get(path) ?? path, fields)
  }
  const { digests, contents } = filesIn(next, (length) => {
    if (!Number.isInteger(length) || length > NEEDED_BYTES || at + length > stdout.length)
      throw new ProbeError('the answer about paths tells a length that it has not')
    at += length
    return stdout.slice(at - length, at)
  })
  const reported = <Value>(byWire: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...byWire].map(([path, value]) => [wire.get(path) ?? path, value]))
  // passwd(5) and group(5) both have the name first and the number third.
  const accounts = (): ReadonlyMap<string, number> =>
    new Map(
      next()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [name = '', , number] = line.split(':')
          return [name, Number(number)]
        }),
    )
  const users = accounts()
  next()
  const groups = accounts()
  const whole = reported(contents)
  for (const [path, text] of whole) {
    if (reported(digests).get(path) === createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex')) continue
    whole.delete(path)
    problems.set(path, `${path} changed while it was read`)
  }
  return { problems, parents, found, digests: reported(digests), users, groups, contents: whole }
}

/** What the host says of files, by path. */
function filesIn(
  next: () => Untrusted,
  take: (length: number) => Untrusted,
): { readonly digests: ReadonlyMap<string, string>; readonly contents: ReadonlyMap<string, string> } {
  const digests = new Map<string, string>()
  const contents = new Map<string, string>()
  const open = new Map<string, string>()
  for (let field = next(); field !== 'USERS'; field = next()) {
    const [, digest, descriptor] = /^([0-9a-f]{64}) [ *]\/proc\/self\/fd\/(\d+)$/.exec(field) ?? []
    if (digest !== undefined) {
      digests.set(open.get(descriptor!) ?? '', digest)
    } else if (field.startsWith('/')) {
      open.set(next(), field)
      const length = Number(next())
      if (length >= 0) contents.set(field, take(length))
    } else if (field !== '') {
      throw new ProbeError('the answer about paths cannot be read')
    }
  }
  return { digests, contents }
}

/**
 * By path.
 *
 * @throws ProbeError for a complaint that names none of them
 */
function problemsOf(stderr: Untrusted, questions: readonly PathItem[]): Map<string, string> {
  const problems = new Map<string, string>()
  for (const [complaint] of stderr.matchAll(
    /^(?:find|sha256sum): .*(?:Permission denied|Input\/output error|Too many levels|refused: ).*$/gm,
  )) {
    const concerned = questions.filter(({ path }) => complaint.includes(path))
    if (concerned.length === 0) throw new ProbeError(`a path cannot be looked at: ${complaint}`)
    for (const { path } of concerned) problems.set(path, `${path} cannot be looked at: ${complaint}`)
  }
  return problems
}
