// Asks systemd about many units by one process, and about what they have loaded by a few more, however many they are.
import { utf8, type Answer } from '../model/answer.ts'
import { ProbeError, type Family } from '../model/probe.ts'
import { lines, raw } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'
import { unitState, type UnitsTold } from './unit-answer.ts'
import { reloadedOnly, type UnitProperties } from './unit-loaded.ts'
import { fileStates, readStamps, reloadStamp, startStamp, statesOf } from './unit-stamp.ts'
import type { UnitQuestion } from './unit-state.ts'

export const unitItem = (question: UnitQuestion): string => JSON.stringify(question)

const PROPERTIES = 'Id,LoadState,ActiveState,UnitFileState,Type,NeedDaemonReload,InvocationID,ActiveEnterTimestamp,ConsistsOf,FragmentPath,SourcePath,DropInPaths'
export const UNIT_DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

const questionsOf = (items: readonly string[]): readonly UnitQuestion[] => items.map((item) => JSON.parse(item) as UnitQuestion)
const unitsOf = (questions: readonly UnitQuestion[]): readonly string[] => [...new Set(questions.map(({ unit }) => unit))]

/** Asked twice where a unit is a oneshot wrapper: then for what stands behind it, too. Collects where they are defined. */
const SHOW = raw([
  `show() { systemctl show --timestamp=us+utc -p ${PROPERTIES} -- "$@" </dev/null; }`,
  'w= d= o= c=',
  'look() { while IFS= read -r l; do case $l in',
  'Type=oneshot) o=1;; ConsistsOf=*) c=${l#*=};;',
  // Several units are parted by an empty line.
  '"") [ "$o" ] && w="$w $c"; o= c=;; esac',
  'case $l in FragmentPath=*|SourcePath=*|DropInPaths=*) d="$d ${l#*=}";; esac; done; }',
].join('\n'))

export const unitFamily: Family = {
  name: 'unit',
  script(items) {
    const questions = questionsOf(items)
    const stamps = questions.flatMap((each) => [startStamp(each.unit), ...(each.reloadOn.length > 0 ? [reloadStamp(each.unit, reloadedOnly(each))] : [])])
    const definitions = questions.some(({ restartOn }) => restartOn !== undefined)
    const files = [...new Set(questions.flatMap(({ restartOn, reloadOn }) => [...(restartOn ?? []), ...reloadOn]))]
    return lines([
      SHOW,
      sh`t=$(show ${unitsOf(questions)}) || exit
printf '%s\n\0' "$t"
look <<X
$t

X
[ "$w" ] && { t=$(show $w); printf '%s\n' "$t"; w=; look <<X
$t

X
}
printf '\0'
cat ${[...new Set(stamps)]} 2>/dev/null
printf '.stamps\0'
${definitions ? raw('') : raw('d=')}
${fileStates(files)}
printf '.end\0'`,
    ])
  },
  split(answer, items) {
    const questions = questionsOf(items)
    const told = read(answer, questions)
    return questions.map((question) => ({ ...answer, stdout: JSON.stringify(unitState(question, told)) }))
  },
}

function read({ stdout, stderr }: Answer, questions: readonly UnitQuestion[]): UnitsTold {
  const units = unitsOf(questions)
  const [shown = '', behind = '', ...rest] = stdout.split('\0')
  const own = blocksOf(shown)
  if (!stdout.endsWith('.end\0') || own.length !== units.length) throw new ProbeError(`systemd cannot be asked: ${utf8(stderr).trim() || 'no answer'}`)
  const cut = rest.indexOf('.stamps')
  if (cut < 0) throw new ProbeError('the answer about units was cut short')
  return {
    own: new Map(units.map((unit, index) => [unit, own[index]!])),
    behind: new Map(blocksOf(behind).map((each) => [each.get('Id') ?? '', each])),
    stamps: readStamps(rest.slice(0, cut)),
    states: statesOf(rest.slice(cut + 1)),
  }
}

const blocksOf = (shown: string): readonly UnitProperties[] => shown.trim().split('\n\n').filter((block) => block !== '').map(propertiesOf)

const propertiesOf = (block: string): UnitProperties =>
  new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
