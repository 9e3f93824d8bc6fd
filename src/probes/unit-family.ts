// Asks systemd about many units by one process, and about their stamps and files by two more.
import { utf8, type Answer } from '../model/answer.ts'
import { ProbeError, type Family } from '../model/probe.ts'
import { raw } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'
import { fileStates, readStamps, staleFiles, stampOf, statesOf, type Stamp, type States, type UnitProperties } from './unit-stamp.ts'

export interface UnitState {
  readonly there: boolean
  readonly active: boolean
  /** What systemctl(1) is-enabled says: `enabled`, `disabled`, `static`, `masked`, … */
  readonly enabled: string
  /** systemd has an older unit file loaded than there is. */
  readonly needDaemonReload: boolean
  /** Files that changed since the unit read them last. */
  readonly stale: readonly string[]
  /** What really runs: the unit itself, or the instances behind a oneshot wrapper (Debian 12's postfix.service stands for postfix@-.service). */
  readonly real: readonly string[]
}

export interface UnitQuestion {
  readonly unit: string
  readonly files: readonly string[]
}

export const unitItem = (question: UnitQuestion): string => JSON.stringify(question)

const PROPERTIES = 'LoadState,ActiveState,UnitFileState,Type,NeedDaemonReload,InvocationID,ActiveEnterTimestamp,ConsistsOf,Id'
const questionsOf = (items: readonly string[]): readonly UnitQuestion[] => items.map((item) => JSON.parse(item) as UnitQuestion)
const unitsOf = (items: readonly string[]): readonly string[] => [...new Set(questionsOf(items).map(({ unit }) => unit))]

export const unitFamily: Family = {
  name: 'unit',
  // Asked twice where a unit is a oneshot wrapper: then for what stands behind it, too.
  script: (items) => sh`
show() { systemctl show --timestamp=us+utc -p ${PROPERTIES} -- "$@" </dev/null; }
t=$(show ${unitsOf(items)}) || exit
printf '%s\n\0' "$t"
w= o= c=
while IFS= read -r l; do case $l in Type=oneshot) o=1;; ConsistsOf=*) c=$${raw('{l#*=}')};; '') [ "$o" ] && w="$w $c"; o= c=;; esac; done <<X
$t

X
[ "$w" ] && show $w
printf '\0'
cat ${unitsOf(items).map(stampOf)} 2>/dev/null
printf '.stamps\0'
${fileStates([...new Set(questionsOf(items).flatMap(({ files }) => files))])}
printf '.end\0'`,
  split(answer, items) {
    const told = read(answer, items)
    return questionsOf(items).map((question) => ({ ...answer, stdout: JSON.stringify(told(question)) }))
  },
}

function read({ stdout, stderr }: Answer, items: readonly string[]): (question: UnitQuestion) => UnitState {
  const units = unitsOf(items)
  const [shown = '', behind = '', ...rest] = stdout.split('\0')
  const own = blocksOf(shown)
  if (!stdout.endsWith('.end\0') || own.length !== units.length) throw new ProbeError(`systemd cannot be asked: ${utf8(stderr).trim() || 'no answer'}`)
  const wrapped = new Map(blocksOf(behind).map((each) => [each.get('Id'), each]))
  const [stamps, states] = cutAt(rest, '.stamps')
  const stampsOf = readStamps(stamps, units)
  const current = statesOf(states)
  return ({ unit, files }) => {
    const block = own[units.indexOf(unit)]!
    const behindIt = block.get('Type') === 'oneshot' ? (block.get('ConsistsOf') ?? '').split(' ').flatMap((name) => wrapped.get(name) ?? []) : []
    return stateOf(unit, files, block, behindIt, stampsOf.get(unit), current)
  }
}

function stateOf(unit: string, files: readonly string[], own: UnitProperties, behind: readonly UnitProperties[], stamp: Stamp | undefined, current: States): UnitState {
  const all = [own, ...behind]
  const real = behind.length > 0 ? behind : [own]
  const active = all.every((each) => ['active', 'reloading'].includes(each.get('ActiveState') ?? ''))
  return {
    there: !['not-found', 'error', 'bad-setting'].includes(own.get('LoadState') ?? 'error'),
    active,
    enabled: own.get('LoadState') === 'masked' ? 'masked' : (own.get('UnitFileState') ?? ''),
    needDaemonReload: all.some((each) => each.get('NeedDaemonReload') === 'yes'),
    stale: active ? staleFiles(files, real, stamp, current) : [],
    real: real.map((each) => each.get('Id') ?? unit),
  }
}

const blocksOf = (shown: string): readonly UnitProperties[] => shown.trim().split('\n\n').filter((block) => block !== '').map(propertiesOf)

function cutAt(entries: readonly string[], mark: string): readonly [readonly string[], readonly string[]] {
  const index = entries.indexOf(mark)
  if (index < 0) throw new ProbeError('the answer about units was cut short')
  return [entries.slice(0, index), entries.slice(index + 1)]
}

const propertiesOf = (block: string): UnitProperties =>
  new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
