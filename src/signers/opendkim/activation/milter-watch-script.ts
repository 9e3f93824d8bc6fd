// Shell functions that check that a start of OpenDKIM leaves no milter of Postfix dead, such as one that systemd
// restarts together with OpenDKIM.
import { MILTER_ANSWERS_PROGRAM } from '../../../resources/milters/milter-answers-program.ts'
import { ACTIVATION } from './state.ts'
import { raw, type Script } from '../../../shell/script.ts'

/** What milters answered before, and the program that asks them. */
export const ANSWERS = `${ACTIVATION}/answers`

/** A milter that is restarted with OpenDKIM may take a while. */
const PATIENCE_HALF_SECONDS = 16

/**
 * `ask_milters` keeps what each answers; after it, `none_died` waits until none is dead that was not. `bound
 * PROPERTIES` are the units that systemd stops and restarts with OpenDKIM, as far as they run; `start_bound` starts
 * those of `$bound`: one that failed meanwhile comes back by no restart of OpenDKIM.
 */
export const MILTER_WATCH: Script = raw(`cat > ${ANSWERS}.pl <<'mailrun-perl' || exit 1
${MILTER_ANSWERS_PROGRAM}mailrun-perl
ask_milters() { [ ! -e /etc/postfix/main.cf ] || perl ${ANSWERS}.pl > ${ANSWERS}; }
died() { [ ! -e ${ANSWERS} ] || perl ${ANSWERS}.pl ${ANSWERS}; }
none_died() {
  i=0
  while
    reported=$(died)
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
bound() {
  for u in $(systemctl show -p "$1" --value opendkim.service); do
    ! systemctl is-active --quiet -- "$u" || printf '%s ' "$u"
  done
}
start_bound() {
  [ -z "$bound" ] || {
    systemctl reset-failed -- $bound 2>/dev/null
    systemctl start -- $bound || say "of the units $bound, which go with OpenDKIM, one does not start again"
  }
}`)
