// The script that starts, restarts or reloads a unit, checks that it runs and listens, and records what it has loaded.
import { files } from '../files/program/files.ts'
import { reloadedOnly } from './unit-loaded.ts'
import { fileStates, reloadStamp, startStamp } from './unit-stamp.ts'
import type { UnitQuestion } from './unit-state.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'

export interface UnitStart extends UnitQuestion {
  readonly real: readonly string[]
  /** `anew`: what is neither up nor down may have read its files already, so that to start it would prove nothing. */
  readonly verb: 'start' | 'anew' | 'restart' | 'reload'
  readonly validate: readonly string[] | undefined
  /** Ends with an error where the unit, up and listening, does not do what it should; only then is it stamped. */
  readonly prove: Script | undefined
}

/** systemd gives a stop and a start 90 s each, if the unit says nothing else. */
export const START_SECONDS = 240
export const STOP_SECONDS = 180

const SOCKET_SECONDS = 5

/** The files are looked at before, so that one which changes meanwhile counts as not loaded. */
export function startScript(start: UnitStart): Script {
  const { unit, real, verb, restartOn, reloadOn, listens, validate, prove } = start
  const units = [...new Set([unit, ...real])]
  const paths = verb === 'reload' ? reloadedOnly(start) : [...new Set([...(restartOn ?? []), ...reloadOn])]
  const stamp = verb === 'reload' ? reloadStamp(unit, paths) : startStamp(unit)
  const reloadsItself = verb === 'reload' && prove !== undefined && units.length === 1
  return lines([
    raw('set -e'),
    ...(validate === undefined
      ? []
      : [sh`${validate} || { echo 'refused by its validation; the unit is left as it is' >&2; exit 1; }`]),
    unitFunctions(unit, units),
    reloadsItself ? sh`real=${unit}` : raw('real'),
    lookAtFiles(verb, stamp, paths),
    startUnit(verb, unit, units),
    ...(reloadsItself ? [] : [raw('sleep 0.2\n[ -z "$t" ] || real\nup')]),
    ...(listens.length === 0 ? [] : [socketsAreThere(listens)]),
    ...(prove === undefined ? [] : [prove]),
    // The proof of a reload takes its time.
    ...(reloadsItself ? [raw('up')] : []),
    keepStamp(stamp),
  ])
}

/**
 * `tell WHY` ends with the unit's last lines; `real` sets what really runs, `up` sees that it does and sets `invoked`
 * to the invocations, `paths PROPERTIES` sets `d` to the paths in these.
 */
const unitFunctions = (unit: string, units: readonly string[]): Script => sh`tell() {
  echo "$1" >&2
  journalctl -q --no-pager -o cat -n 15 ${units.map((each) => `--unit=${each}`)} >&2 || :
  exit 1
}
real() {
  t= c= real=${unit}
  shown=$(systemctl show -p Type,ConsistsOf -- ${unit}) || :
  while IFS= read -r l; do
    case $l in
      Type=oneshot) t=1;;
      ConsistsOf=*) c=$${raw('{l#*=}')};;
    esac
  done <<END
$shown
END
  [ -z "$t" ] || [ -z "$c" ] || real=$c
}
up() {
  invoked=
  shown=$(systemctl show -p ActiveState,InvocationID -- $real) || :
  while IFS= read -r l; do
    case $l in
      InvocationID=*) invoked="$invoked$${raw('{l#*=}')} ";;
      ActiveState=active|ActiveState=reloading|ActiveState=refreshing|'') ;;
      *) tell 'it does not stay up; its last lines:';;
    esac
  done <<END
$shown
END
  [ "$invoked" ] || tell 'it does not stay up; its last lines:'
}
paths() {
  set -- $(systemctl show -p "$1" --value -- ${unit} $real)
  d=$*
}`

function lookAtFiles(verb: UnitStart['verb'], stamp: string, paths: readonly string[]): Script {
  const reloads = verb === 'reload'
  // An empty stamp proves nothing, either.
  return sh`[ -d /run/mailrun/stamps ] || mkdir -p -m 0700 /run/mailrun /run/mailrun/stamps
${reloads ? sh`[ ! -e ${stamp} ] || : > ${stamp}` : sh`rm -f -- ${stamp} ${stamp}.reload-*`}
${reloads ? raw('d=') : raw('paths FragmentPath,SourcePath,DropInPaths')}
{
for p in $d; do printf 'defined %s\0' "$p"; done
${paths.length === 0 ? raw(':') : sh`printf 'asked %s\0' ${paths}`}
${fileStates(paths)}
} > ${`${stamp}.new`}`
}

function startUnit(verb: UnitStart['verb'], unit: string, units: readonly string[]): Script {
  const word = verb === 'anew' ? 'restart' : verb
  const started = verb === 'start' || verb === 'anew' ? units : [unit]
  return sh`${verb === 'reload' ? raw('') : sh`systemctl reset-failed -- ${units} 2>/dev/null || :`}
systemctl ${word} -- ${started} || tell ${`systemctl ${word} failed; its last lines:`}`
}

/** Whole or not at all: what is cut short proves nothing. It tells of the invocations that were seen to be up. */
const keepStamp = (stamp: string): Script => sh`${files('stamp', stamp, [])} "of=$${raw('{invoked% }')}"`

const socketsAreThere = (listens: readonly string[]): Script => sh`for s in ${listens}; do
  i=0
  until [ -S "$s" ]; do
    i=$((i + 1))
    [ "$i" -le ${SOCKET_SECONDS * 5} ] || break
    sleep 0.2
  done
  if [ ! -S "$s" ]; then
    up
    paths DropInPaths
    tell "it runs, but has no socket $s after ${SOCKET_SECONDS} s${DROP_INS}; its last lines:"
  fi
done`

/** What a guide once left in a drop-in is the usual reason why a daemon listens elsewhere. */
const DROP_INS = raw('${d:+; it has drop-ins that may make it listen elsewhere: $d}')
