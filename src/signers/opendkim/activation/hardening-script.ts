// Shell functions that try OpenDKIM with the hardening of its unit, and remove the hardening if OpenDKIM does not sign
// with it.
import { FILES } from '../../../resources/files/program/files.ts'
import { hardeningText, type Hardening } from '../files/hardening.ts'
import { ACTIVATION, UNHARDENED } from './state.ts'
import { DROP_IN } from '../setup/opendkim.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import { digestOf } from './files.ts'

export interface UnitHardening {
  /** With what the unit is to run; `undefined`: as it is. */
  readonly hardening: Hardening | undefined
  /** Whether the drop-in goes live with the other files, and may be left out; else it stays as it is. */
  readonly owned: boolean
}

const [STAGED, KEPT] = ['new', 'old'].map((set) => `${ACTIVATION}/${set}/${DROP_IN.split('/').at(-1) ?? ''}`)
/** An account of why, in one line. */
const WHY_CHARACTERS = 400

/**
 * `launch PATHS WORDS` is systemd-run(1) with the properties of the unit, and these paths to write; `soften WHY` does
 * without from then on, `softened` starts the unit without; `note_hardening` writes down what came of it.
 */
export const hardeningFunctions = ({ hardening, owned }: UnitHardening): Script =>
  lines([
    sh`hard=${hardening === undefined ? '' : '1'}
owned=${owned ? '1' : ''}
digest=${hardening === undefined ? '' : digestOf(hardeningText(hardening))}
soft=`,
    hardening === undefined ? raw('launch() { shift; systemd-run -q --collect "$@"; }') : hardenedLaunch(hardening),
    SOFTEN,
  ])

/** A directory that the daemon cannot write its PID file to has systemd wait for that in vain. */
function hardenedLaunch({ properties, pidDirectory }: Hardening): Script {
  const given = properties.flatMap(([name, value]) => ['-p', `${name}=${value}`])
  const probe = pidDirectory === undefined ? [] : ['-p', `ExecStartPre=/usr/bin/test -w ${pidDirectory}`]
  return sh`launch() {
  writes=$1
  shift
  if [ "$hard" ]; then
    systemd-run -q --collect ${[...given, ...probe]} -p "ReadWritePaths=$writes" "$@"
  else
    systemd-run -q --collect "$@"
  fi
}`
}

/** What systemd and OpenDKIM say of every start. */
const USUAL = '^Job for |^See "|^systemctl |^Start|^Stop|^Failed to start |[.]service: |^OpenDKIM Filter | field added '

const SOFTEN = raw(`soften() {
  soft=$(printf '%s\\n' "$1" | grep -Ev '${USUAL}' | tail -n 4 | tr -s '\\n\\t ' ' ' | cut -c '1-${WHY_CHARACTERS}')
  soft=\${soft:-it does not start}
  hard=
  rm -f -- ${STAGED}
  case " $staged " in *' ${DROP_IN} '*) ;; *) staged="$staged ${DROP_IN}";; esac
}
# Of what this activation brings alone: what was there before is no reason why it fails now.
softened() {
  [ "$hard" ] && [ "$owned" ] && ! cmp -s -- ${DROP_IN} ${KEPT} || return 1
  soften "$1"
  perl ${FILES} remove ${DROP_IN}
  systemctl daemon-reload
  reactivate
}
note_hardening() {
  if [ "$soft" ]; then
    printf '%s %s\\n' "$digest" "$soft" > ${UNHARDENED}
  elif [ "$owned" ] && [ "$hard" ]; then
    [ ! -e ${UNHARDENED} ] || rm -f -- ${UNHARDENED}
  fi
}`)
