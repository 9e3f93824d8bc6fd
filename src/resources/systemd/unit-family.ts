// Asks systemd about many units with one process, and with a few more about the files that they have loaded.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { ProbeError, type Family } from '../../core/probe/probe.ts'
import { perlList } from '../../shell/perl-quote.ts'
import { readerQuestion } from '../reader/reader.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { refuseOtherFind } from '../files/gnu-find.ts'
import { POSTFIX_INSTANCES } from '../host/releases.ts'
import { unitState, type UnitsAnswer } from './unit-answer.ts'
import { reloadedOnly } from './unit-loaded.ts'
import { CLOCK, clockOf } from './unit-clock.ts'
import { FILE_STATES, readStamps, reloadStamp, STAMP_BYTES, startStamp, statesOf } from './unit-stamp.ts'
import type { UnitProperties, UnitQuestion } from './unit-state.ts'

export const unitItem = (question: UnitQuestion): string => JSON.stringify(question)

const PROPERTIES = [
  'Id,LoadState,ActiveState,UnitFileState,Type,NeedDaemonReload,InvocationID,ActiveEnterTimestamp',
  'ActiveEnterTimestampMonotonic,ConsistsOf,FragmentPath,SourcePath,DropInPaths,CanReload,Job',
].join(',')
export const UNIT_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

const questionsOf = (items: readonly string[]): readonly UnitQuestion[] =>
  items.map((item) => JSON.parse(item) as UnitQuestion)
const unitsOf = (questions: readonly UnitQuestion[]): readonly string[] => [
  ...new Set(questions.map(({ unit }) => unit)),
]
const socketsOf = (questions: readonly UnitQuestion[]): readonly string[] => [
  ...new Set(questions.flatMap(({ listens }) => listens)),
]

/** Known oneshot units and the unit that each starts: it is asked for at the same time. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = { 'postfix.service': POSTFIX_INSTANCES }
const behindOf = (units: readonly string[]): readonly string[] =>
  units.flatMap((unit) => WRAPPERS[unit] ?? []).filter((unit) => !units.includes(unit))

/**
 * `units UNITS` prints what systemd shows of these units, and of those that a oneshot unit among them turns out to
 * start; then, for units whose state does not tell it, whether they start at boot. `@definition` has the files that
 * define them then. `files UNITS` prints for each `l` if it is a link in /etc/systemd/system, and `f` if there is a
 * unit file, even a masked one; `sockets PATHS` an `s` for each socket.
 */
const PROGRAM = String.raw`
my @show = qw(systemctl show --timestamp=us+utc -p ${PROPERTIES} --);
my (@behind, @scripts, @indirect, @definition);
sub show {
  my $shown = captured(@show, @_) =~ s/\n+\z//r;
  for (split /\n\n/, $shown) {
    my %is = map { /^(\w+)=(.*)/ ? ($1, $2) : () } split /\n/;
    push @behind, split ' ', $is{ConsistsOf} // '' if ($is{Type} // '') eq 'oneshot';
    my $state = $is{UnitFileState} // '';
    push @indirect, $is{Id} if $state eq 'indirect';
    push @scripts, $is{Id} if $state eq 'generated' && ($is{SourcePath} // '') =~ m{^/etc/init\.d/};
    push @definition, map { split ' ', $is{$_} // '' } qw(FragmentPath SourcePath DropInPaths);
  }
  print "$shown\n";
  length $shown;
}
sub units {
  show(@_) or fail('systemctl shows nothing');
  print "\0";
  my %known = map { ($_, 1) } @_;
  my @more = grep { !$known{$_}++ } @behind;
  show(@more) if @more;
  print "\0", @scripts ? output_of(qw(systemctl is-enabled --), @scripts) : '', "\0";
  print @indirect ? output_of(qw(systemctl is-enabled --full --), @indirect) : '', "\0";
}
sub files {
  for my $unit (@_) {
    my $template = $unit =~ s/^([^@]*@).*(?=\.[^.]*$)/$1/r;
    my $script = '/etc/init.d/' . $unit =~ s/\.service$//r;
    print -l "/etc/systemd/system/$unit" ? 'l' : '-',
      -f $script || (grep { -f "$_/$unit" || -f "$_/$template" } qw(${UNIT_DIRECTORIES.join(' ')})) ? 'f' : '-';
  }
  print "\0";
}
sub sockets { print map({ -S $_ ? 's' : '-' } @_), "\0" }
`

const statesOfAll = (files: readonly string[], definitions: boolean): string =>
  `${FILE_STATES}file_states(${definitions ? '@definition, ' : ''}${perlList(files)});${CLOCK}`

export const unitFamily: Family = {
  name: 'unit',
  // It reads more files than others do: see `sums` of the reader.
  early: true,
  script(items) {
    const questions = questionsOf(items)
    const stamps = questions.flatMap((each) => [
      startStamp(each.unit),
      ...(each.reloadOn.length > 0 ? [reloadStamp(each.unit, reloadedOnly(each))] : []),
    ])
    const units = unitsOf(questions)
    const asked = [...units, ...behindOf(units)]
    const definitions = questions.some(({ restartOn }) => restartOn !== undefined)
    const files = [...new Set(questions.flatMap(({ restartOn, reloadOn }) => [...(restartOn ?? []), ...reloadOn]))]
    return readerQuestion({
      program: `${PROGRAM}
units${perlList(asked)};
files${perlList(units)};
sockets${perlList(socketsOf(questions))};
print map { text_of($_, ${STAMP_BYTES}) // () } ${perlList([...new Set(stamps)])};
print "\\0.stamps\\0";
${files.length > 0 || definitions ? statesOfAll(files, definitions) : ''}
print ".end\\0";
`,
    })
  },
  split(answer, items) {
    const questions = questionsOf(items)
    const reported = read(answer, questions)
    return questions.map((question) => ({ ...answer, stdout: JSON.stringify(unitState(question, reported)) }))
  },
}

function read({ stdout, stderr }: Answer, questions: readonly UnitQuestion[]): UnitsAnswer {
  refuseOtherFind(utf8(stderr))
  const units = unitsOf(questions)
  const [first = '', second = '', scripts = '', indirect = '', files = '', sockets = '', ...rest] = stdout.split('\0')
  const asked = blocksOf(first)
  if (!stdout.endsWith('\0.end\0') || asked.length !== units.length + behindOf(units).length)
    throw new ProbeError(`systemd cannot be asked: ${utf8(stderr).trim() || 'no answer'}`)
  const cut = rest.indexOf('.stamps')
  if (cut < 0) throw new ProbeError('the answer about units was cut short')
  const all = [...asked, ...blocksOf(second)]
  const named = (wanted: (each: UnitProperties) => boolean): readonly string[] =>
    all.filter(wanted).map((each) => each.get('Id') ?? '')
  const words = scripts.trim().split('\n')
  const links = indirect.split(/^(?! )/m)
  return {
    own: new Map(units.map((unit, index) => [unit, asked[index]!])),
    shown: new Map(all.map((each) => [each.get('Id') ?? '', each])),
    atBoot: new Map([
      ...named(
        (each) =>
          each.get('UnitFileState') === 'generated' && (each.get('SourcePath') ?? '').startsWith('/etc/init.d/'),
      ).map((id, index) => [id, words[index] === 'enabled'] as const),
      ...named((each) => each.get('UnitFileState') === 'indirect').map(
        (id, index) => [id, /\.(?:wants|requires|upholds)\//.test(links[index] ?? '')] as const,
      ),
    ]),
    linked: new Set(units.filter((_, index) => files[2 * index] === 'l')),
    defined: new Set(units.filter((_, index) => files[2 * index + 1] === 'f')),
    sockets: new Set(socketsOf(questions).filter((_, index) => sockets[index] === 's')),
    stamps: readStamps(rest.slice(0, cut)),
    states: statesOf(rest.slice(cut + 1)),
    clock: clockOf(rest.slice(cut + 1)),
  }
}

const blocksOf = (shown: Untrusted): readonly UnitProperties[] =>
  shown
    .trim()
    .split('\n\n')
    .filter((block) => block !== '')
    .map(propertiesOf)

const propertiesOf = (block: Untrusted): UnitProperties =>
  new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
