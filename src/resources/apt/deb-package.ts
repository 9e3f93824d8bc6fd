// Asks dpkg which packages are installed and, if wanted, apt which versions it would install.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { fact, factAbout, type Fact, type PackageFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Family, type Probe } from '../../core/probe/probe.ts'
import type { Known } from '../../core/unknown.ts'
import { perlList } from '../../shell/perl-quote.ts'
import { readerQuestion } from '../reader/reader.ts'
import { sharedProbes } from '../../core/probe/shared-probes.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'

export interface PackagesState {
  readonly packages: ReadonlyMap<string, PackageFact>
  /** What apt would install by its lists; empty where it was not asked, or knows none. */
  readonly candidates: ReadonlyMap<string, Known<string>>
  /**
   * Apt's lists were fetched longer ago than was asked for, never, or by a clock that was wrong; `false` where it was
   * not asked.
   */
  readonly listsAreOld: Known<boolean>
  /** dpkg was interrupted: `dpkg --configure -a` is due. */
  readonly interrupted: boolean
}

/**
 * Whether packages are installed, and in which version. A name that no package has counts as `provided` where an
 * installed one provides it.
 *
 * @param names - as apt takes them: `postfix`, `libc6:i386`.
 * @param latest - asks apt too which version it would install, and whether its lists are older than that many seconds.
 * @example packagesProbe(['postfix'], undefined) // its state: packages.get('postfix')?.kind === 'installed'
 */
export function packagesProbe(
  names: readonly string[],
  latest: { readonly validSeconds: number } | undefined,
): Probe<PackagesState> {
  const key = `packages ${JSON.stringify([names, latest?.validSeconds])}`
  return shared(key, () =>
    defineProbe<PackagesState>({
      key,
      reads: [...names.map((name) => `package:${name}` as const), 'apt:lists'],
      family,
      item: JSON.stringify({ names, latest } satisfies Item),
      parse: ({ stdout }) => {
        const reported = JSON.parse(stdout) as {
          packages: [string, PackageFact][]
          candidates: [string, string][]
          listsAreOld: boolean
          interrupted: boolean
        }
        return {
          packages: new Map(reported.packages),
          candidates: new Map(reported.candidates),
          listsAreOld: reported.listsAreOld,
          interrupted: reported.interrupted,
        }
      },
      facts: ({ packages }) => [...packages].map(([name, value]) => fact('package', name, value)),
      foresee: (state, known) => foresee(names, state, known),
    }),
  )
}

const shared = sharedProbes<PackagesState>()

interface Item {
  readonly names: readonly string[]
  readonly latest: { readonly validSeconds: number } | undefined
}

/** A line of dpkg's list. */
interface Listed {
  readonly name: string
  readonly architecture: string
  /** dpkg-query(1): what is wanted, what is, and `R` where it must be installed again: `ii`, `hi`, `iHR`. */
  readonly state: string
  readonly version: string
  readonly provides: readonly string[]
}

const FIELDS = '${Package}\\t${Architecture}\\t${db:Status-Abbrev}\\t${Version}\\t${Provides}\\n'

/** Debian's own list of 5,000 packages has 7 MB. */
const STATUS_BYTES = 256 << 20

/**
 * `packages NAMES` prints a line as dpkg-query(1) has it for each of these packages, and for those that provide one of
 * the names. `interrupted` is whether dpkg was; then only dpkg-query knows what is in its journal. `apt NAMES` prints
 * what time it is, when the lists were fetched, and what they have; without caches apt-cache would write its own.
 *
 * Source: dpkg-query(1), `db:Status-Abbrev`; deb-control(5); /var/lib/dpkg/status is what dpkg(1) calls the database of
 * packages.
 */
const PROGRAM = String.raw`
my $list = '/var/lib/dpkg';
sub interrupted { opendir my $in, "$list/updates" or return; scalar grep { /^\d/ } readdir $in }
sub packages {
  return run_program('dpkg-query', '-W', '-f', '${FIELDS}') if interrupted();
  my $all = text_of("$list/status", ${STATUS_BYTES}) // fail("dpkg's list $list/status cannot be read: $!");
  my $names = join '|', map { quotemeta } @_;
  my %end;
  for my $is (qr/^Package: (?:$names)$/m, qr/^Provides:.*(?<![\w.+-])(?:$names)(?![\w.+-])/m) {
    while ($all =~ /$is/g) {
      my $from = rindex($all, "\n\n", $-[0]) + 1;
      my $to = index $all, "\n\n", $-[0];
      next if $end{$from}++;
      my %has = map { /^([\w-]+): (.*)/ ? ($1, $2) : () }
        split /\n/, substr $all, $from, ($to < 0 ? length $all : $to) - $from;
      print join("\t", $has{Package}, $has{Architecture}, state_of($has{Status}), $has{Version} // '',
        $has{Provides} // ''), "\n";
    }
  }
}
my %want = qw(unknown u install i hold h deinstall r purge p);
my %state = qw(not-installed n config-files c half-installed H unpacked U half-configured F triggers-awaited W
  triggers-pending t installed i);
sub state_of {
  my ($want, $error, $state) = split ' ', $_[0] // '';
  ($want{$want // ''} // '?') . ($state{$state // ''} // '?') . ($error eq 'ok' ? ' ' : 'R')
}
sub apt {
  print time, "\n";
  my @lists = map { glob "/var/lib/apt/lists/$_" } qw(*_Packages *_InRelease *_Release);
  print((stat '/var/lib/apt/lists')[9], "\n") if @lists;
  print "\n";
  open my $errors, '>&', \*STDERR;
  open STDERR, '>', '/dev/null';
  run_program(qw(apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= policy --), @_);
  open STDERR, '>&', $errors;
}
`

const family: Family = {
  name: 'packages',
  script(items) {
    const questions = items.map((item) => JSON.parse(item) as Item)
    const names = [...new Set(questions.flatMap((each) => each.names.map(bareName)))]
    const latest = [...new Set(questions.filter(({ latest }) => latest).flatMap((each) => each.names))]
    return readerQuestion({
      program: `${PROGRAM}
packages${perlList(['dpkg', ...names])};
print interrupted() ? "\\ninterrupted\\n" : "\\nwhole\\n";
${latest.length === 0 ? 'print "none\\n";' : `apt${perlList(latest)};`}
${PERL_END}
`,
    })
  },
  split(answer, items) {
    const reported = read(answer)
    return items.map((item) => {
      const { names, latest } = JSON.parse(item) as Item
      return {
        ...answer,
        stdout: JSON.stringify({
          packages: names.map((name) => [name, factOf(name, reported.listed, reported.native)]),
          candidates: latest
            ? names.flatMap((name) => {
                const version = reported.candidates.get(name) ?? reported.candidates.get(bareName(name))
                return version === undefined ? [] : [[name, version]]
              })
            : [],
          listsAreOld:
            latest !== undefined && (reported.listsAge === undefined || reported.listsAge > latest.validSeconds),
          interrupted: reported.interrupted,
        }),
      }
    })
  },
}

/** `libc6` of `libc6:i386` */
export const bareName = (name: string): string => name.replace(/:.*$/, '')

function read(answer: Answer) {
  const { stderr } = answer
  const stdout = whole(answer, 'dpkg cannot be asked')
  const end = stdout.indexOf('\n\n') + 1
  const rest = stdout.slice(end + 1).split('\n')
  const listed = stdout
    .slice(0, end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Listed => {
      const [name = '', architecture = '', state = '', version = '', provides = ''] = line.split('\t')
      return {
        name,
        architecture,
        state: state.trim(),
        version,
        provides: provides.split(/, */).map((each) => each.replace(/ .*$/, '')),
      }
    })
  const native = listed.find(({ name }) => name === 'dpkg')?.architecture
  if (native === undefined || (rest[0] !== 'interrupted' && rest[0] !== 'whole'))
    throw new ProbeError(`dpkg cannot be asked: ${utf8(stderr).trim() || 'is this a Debian host?'}`)
  const now = Number(rest[1])
  const fetched = rest[2] === undefined || rest[2] === '' ? undefined : Number(rest[2])
  const candidates = new Map(
    [
      ...rest
        .slice(2)
        .join('\n')
        .matchAll(/^(\S+):\n  Installed: .*\n  Candidate: (\S+)$/gm),
    ].flatMap(([, name = '', version = '']) => (version === '(none)' ? [] : [[name, version] as const])),
  )
  return {
    listed,
    native,
    interrupted: rest[0] === 'interrupted',
    listsAge: fetched === undefined || Number.isNaN(now) || fetched > now ? undefined : now - fetched,
    candidates,
  }
}

/** Without an architecture it is the native one, as it is to apt. */
function factOf(name: string, listed: readonly Listed[], native: string): PackageFact {
  const bare = bareName(name)
  const architecture = name === bare ? native : name.slice(bare.length + 1)
  const fits = (each: Listed): boolean =>
    each.architecture === architecture || (each.architecture === 'all' && architecture === native)
  const own = listed.find((each) => each.name === bare && fits(each))
  const is = own === undefined ? ABSENT : packageFact(own)
  const provider =
    is.kind === 'absent' ? listed.find(({ state, provides }) => state[1] === 'i' && provides.includes(bare)) : undefined
  return provider === undefined ? is : { kind: 'provided', by: provider.name }
}

const ABSENT: PackageFact = { kind: 'absent' }

/** `c` (only configuration left) counts as absent. */
function packageFact({ state, version }: Listed): PackageFact {
  switch (state[1]) {
    case 'i':
      return { kind: 'installed', version, ...(state[0] === 'h' ? { held: true } : {}) }
    case 'n':
    case 'c':
      return ABSENT
    default:
      return { kind: 'broken', state }
  }
}

function foresee(names: readonly string[], state: PackagesState, known: Fact): PackagesState | undefined {
  for (const name of names) {
    const reported = factAbout(known, 'package', name)
    if (reported) return { ...state, packages: new Map([...state.packages, [name, reported.value]]) }
  }
  return state
}
