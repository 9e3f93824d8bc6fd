// Asks systemd about many units with one process, and with a few more about the files that they have loaded.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { ProbeError, type Family } from '../../core/probe/probe.ts'
import { lines, raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { POSTFIX_INSTANCES } from '../host/releases.ts'
import { unitState, type UnitsAnswer } from './unit-answer.ts'
import { reloadedOnly } from './unit-loaded.ts'
import { CLOCK, clockOf } from './unit-clock.ts'
import { fileStates, readStamps, reloadStamp, startStamp, statesOf } from './unit-stamp.ts'
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
 * If a unit turns out to be a oneshot that starts another unit, `show` runs again for that unit. Collects the units of
 * which `show` does not print everything, and definitions.
 */
const SHOW = raw(
  [
    `show() { systemctl show --timestamp=us+utc -p ${PROPERTIES} -- "$@" </dev/null; }`,
    'w= y= i= d= o= c= f= n= s=',
    'look() { while IFS= read -r l; do',
    'case $l in',
    'Id=*) n=${l#*=};;',
    'Type=oneshot) o=1;;',
    'ConsistsOf=*) c=${l#*=};;',
    'UnitFileState=*) f=${l#*=};;',
    'SourcePath=/etc/init.d/*) s=1;;',
    // An empty line separates units.
    '"")',
    '  [ "$o" ] && w="$w $c"',
    '  case $f$s in',
    '  indirect*) i="$i $n";;',
    '  generated1) y="$y $n";;',
    '  esac',
    '  o= c= f= n= s=;;',
    'esac',
    'case $l in FragmentPath=*|SourcePath=*|DropInPaths=*) d="$d ${l#*=}";; esac',
    'done; }',
  ].join('\n'),
)

/**
 * `l` if the unit is a link in /etc/systemd/system, `f` if there is a unit file, even a masked one. The shell itself
 * finds this out.
 */
const FILES = raw(
  [
    'case $u in *@*.*) v=${u%%@*}@.${u##*.};; *) v=$u;; esac',
    'if [ -L "/etc/systemd/system/$u" ]; then q=${q}l; else q=$q-; fi',
    'x=-',
    `for p in ${UNIT_DIRECTORIES.join(' ')}; do { [ -f "$p/$u" ] || [ -f "$p/$v" ]; } && x=f; done`,
    '[ -f "/etc/init.d/${u%.service}" ] && x=f',
    'q=$q$x',
  ].join('\n'),
)

export const unitFamily: Family = {
  name: 'unit',
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
    return lines([
      SHOW,
      sh`t=$(show ${asked}) || exit
printf '%s\n\0' "$t"
look <<X
$t

X
v=
for x in $w; do
  case ${` ${asked.join(' ')} `} in *" $x "*) ;; *) v="$v $x";; esac
done
w=$v
[ "$w" ] && {
t=$(show $w)
printf '%s\n' "$t"
w=
look <<X
$t

X
}
y=${raw('${y:+$(systemctl is-enabled -- $y 2>/dev/null </dev/null)}')}
i=${raw('${i:+$(systemctl is-enabled --full -- $i 2>/dev/null </dev/null)}')}
printf '\0%s\0%s\0' "$y" "$i"
q=
for u in ${units}; do
${FILES}
done
r=
for s in ${socketsOf(questions)}; do
  if [ -S "$s" ]; then r=${raw('${r}')}s; else r=$r-; fi
done
printf '%s\0%s\0' "$q" "$r"
cat ${[...new Set(stamps)]} 2>/dev/null
printf '\0.stamps\0'
${definitions ? raw('') : raw('d=')}
${fileStates(files, 'question')}
${files.length > 0 || definitions ? CLOCK : raw(':')}
printf '.end\0'`,
    ])
  },
  split(answer, items) {
    const questions = questionsOf(items)
    const reported = read(answer, questions)
    return questions.map((question) => ({ ...answer, stdout: JSON.stringify(unitState(question, reported)) }))
  },
}

function read({ stdout, stderr }: Answer, questions: readonly UnitQuestion[]): UnitsAnswer {
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
