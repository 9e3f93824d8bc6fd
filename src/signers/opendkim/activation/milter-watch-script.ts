// Shell functions that check that a start of OpenDKIM leaves no milter of Postfix dead, such as one that systemd
// restarts together with OpenDKIM.
import { MILTER_ANSWERS_PROGRAM } from '../../../resources/milters/milter-answers-program.ts'
import { ACTIVATION } from './state.ts'
import { packed } from '../../../resources/files/program/packed.ts'
import { quote } from '../../../shell/quote.ts'
import { raw, type Script } from '../../../shell/script.ts'

/** What milters answered before, and the program that asks them. */
export const ANSWERS = `${ACTIVATION}/answers`

/** A milter that is restarted with OpenDKIM may take a while. */
const PATIENCE_HALF_SECONDS = 16

/**
 * `ask_milters` keeps what each answers; after it, `died` sets `reported` to those that are dead and were not, and
 * `none_died` waits until there are none. `start_bound` starts the units of `$bound`: one that failed meanwhile comes
 * back by no restart of OpenDKIM. `running UNITS` sets `bound` to those that run.
 */
export const MILTER_WATCH: Script = raw(`printf %s ${quote(packed(MILTER_ANSWERS_PROGRAM))} > ${ANSWERS}.pl || exit 1
ask_milters() { [ ! -e /etc/postfix/main.cf ] || perl ${ANSWERS}.pl > ${ANSWERS}; }
died() {
  reported=
  [ ! -e ${ANSWERS} ] || reported=$(perl ${ANSWERS}.pl ${ANSWERS})
}
none_died() {
  i=0
  while
    died
    [ "$reported" ]
  do
    i=$((i + 1))
    [ "$i" -le ${PATIENCE_HALF_SECONDS} ] || {
      say 'Postfix asks milters that would be dead now, and were not before:'
      say "$reported"
      return 1
    }
    sleep 0.5
  done
}
running() {
  bound=
  for u in $1; do ! systemctl is-active --quiet -- "$u" || bound="$bound$u "; done
}
start_bound() {
  [ -z "$bound" ] || {
    systemctl reset-failed -- $bound 2>/dev/null
    systemctl start -- $bound || say "of the units $bound, which go with OpenDKIM, one does not start again"
  }
}`)
