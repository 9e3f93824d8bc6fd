// The script that starts, restarts or reloads a unit, checks that it runs and listens, and records what it has loaded.
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
  const files = verb === 'reload' ? reloadedOnly(start) : [...new Set([...(restartOn ?? []), ...reloadOn])]
  const stamp = verb === 'reload' ? reloadStamp(unit, files) : startStamp(unit)
  return lines([
    raw('set -e'),
    ...(validate === undefined
      ? []
      : [sh`${validate} || { echo 'refused by its validation; the unit is left as it is' >&2; exit 1; }`]),
    unitFunctions(unit, units),
    raw('real'),
    lookAtFiles(verb, stamp, files),
    startUnit(verb, unit, units),
    ...(listens.length === 0 ? [] : [socketsAreThere(listens)]),
    ...(prove === undefined ? [] : [prove]),
    keepStamp(stamp),
  ])
}

/**
 * `tell WHY` ends with the unit's last lines; `real` sets what really runs, `up` sees that it does, `paths PROPERTIES`
 * sets `d` to the paths in these.
 */
const unitFunctions = (unit: string, units: readonly string[]): Script => sh`tell() {
  echo "$1" >&2
  journalctl -q --no-pager -o cat -n 15 ${units.map((each) => `--unit=${each}`)} >&2 || :
  exit 1
}
real() {
  real=$(systemctl show -p Type,ConsistsOf -- ${unit} | {
    t=
    c=
    while IFS= read -r l; do
      case $l in
        Type=oneshot) t=1;;
        ConsistsOf=*) c=$${raw('{l#*=}')};;
      esac
    done
    [ "$t" ] && [ "$c" ] && printf %s "$c" ||
      printf %s ${unit}
  })
}
up() {
  for u in $real; do
    systemctl is-active --quiet -- "$u" || tell 'it does not stay up; its last lines:'
  done
}
paths() {
  set -- $(systemctl show -p "$1" --value -- ${unit} $real)
  d=$*
}`

function lookAtFiles(verb: UnitStart['verb'], stamp: string, files: readonly string[]): Script {
  const reloads = verb === 'reload'
  return sh`mkdir -p -m 0700 /run/mailrun /run/mailrun/stamps
rm -f -- ${stamp}${reloads ? raw('') : sh` ${stamp}.reload-*`}
${reloads ? raw('d=') : raw('paths FragmentPath,SourcePath,DropInPaths')}
(
for p in $d; do printf 'defined %s\0' "$p"; done
${files.length === 0 ? raw(':') : sh`printf 'asked %s\0' ${files}`}
${fileStates(files)}
) > ${`${stamp}.new`}`
}

function startUnit(verb: UnitStart['verb'], unit: string, units: readonly string[]): Script {
  const word = verb === 'anew' ? 'restart' : verb
  const started = verb === 'start' || verb === 'anew' ? units : [unit]
  return sh`${verb === 'reload' ? raw('') : sh`systemctl reset-failed -- ${units} 2>/dev/null || :`}
systemctl ${word} -- ${started} || tell ${`systemctl ${word} failed; its last lines:`}
sleep 0.2
real
up`
}

/** Whole or not at all: what is cut short proves nothing. */
const keepStamp = (stamp: string): Script => sh`i=
for u in $real; do i="$i$(systemctl show -p InvocationID --value -- "$u") "; done
{
  printf '%s\n%s\0' ${stamp} "$${raw('{i% }')}"
  cat ${`${stamp}.new`}
  printf '.end\0'
} > ${`${stamp}.done`}
mv -fT -- ${`${stamp}.done`} ${stamp}
rm -f -- ${`${stamp}.new`}`

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
