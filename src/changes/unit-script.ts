// The script that starts, restarts or reloads a unit, sees that it runs, and keeps what it has loaded.
import { fileStates, stampOf } from '../probes/unit-stamp.ts'
import { lines, raw, type Script } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'

export interface UnitStart {
  readonly unit: string
  readonly real: readonly string[]
  readonly verb: 'start' | 'restart' | 'reload'
  readonly files: readonly string[]
  readonly validate: readonly string[] | undefined
}

/** The files are looked at before, so that one which changes meanwhile counts as not loaded. */
export function startScript({ unit, real, verb, files, validate }: UnitStart): Script {
  const stamp = stampOf(unit)
  const units = [...new Set([unit, ...real])]
  return lines([
    raw('set -e'),
    ...(validate === undefined ? [] : [sh`${validate} || { echo 'refused by its validation; the unit is left as it is' >&2; exit 1; }`]),
    sh`mkdir -p -m 0700 /run/mailrun /run/mailrun/stamps; rm -f -- ${stamp}
( ${fileStates(files)} ) > ${`${stamp}.new`}
tell() { echo "$1" >&2; journalctl -q --no-pager -o cat -n 15 ${units.map((each) => `--unit=${each}`)} >&2 || :; exit 1; }
${verb === 'reload' ? raw('') : sh`systemctl reset-failed -- ${units} 2>/dev/null || :`}
systemctl ${verb} -- ${verb === 'start' ? units : [unit]} || tell ${`systemctl ${verb} failed; its last lines:`}
sleep 0.2
real=$(systemctl show -p Type,ConsistsOf -- ${unit} | { t=; c=; while IFS= read -r l; do case $l in Type=oneshot) t=1;; ConsistsOf=*) c=$(printf %s "$l" | cut -d= -f2-);; esac; done; [ "$t" ] && [ "$c" ] && printf %s "$c" || printf %s ${unit}; })
systemctl is-active --quiet -- $real || tell 'it does not stay up; its last lines:'
i=; for u in $real; do i="$i$(systemctl show -p InvocationID --value -- "$u") "; done
{ printf '%s\n%s\0' ${unit} "$${raw('{i% }')}"; cat ${`${stamp}.new`}; printf '.end\0'; } > ${`${stamp}.done`}
mv -fT -- ${`${stamp}.done`} ${stamp}; rm -f -- ${`${stamp}.new`}`,
  ])
}
