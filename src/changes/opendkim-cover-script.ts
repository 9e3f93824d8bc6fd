// Shell functions by which a second OpenDKIM signs while the first one is restarted: Postfix is pointed at it and back,
// each time once no session asks the other any more.
import { FILES } from '../files/files.ts'
import { lines, raw, type Script } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'
import { COVER_DIRECTORY, type Cover } from './opendkim-cover.ts'

const MAIN_CF = '/etc/postfix/main.cf'
/** How long sessions that began before may go on, before the restart is given up. */
const DRAIN_SECONDS = 120
/**
 * The second instance outlives the run where sessions still ask it; by then they have ended (smtpd_timeout is 300 s).
 */
const LINGER_SECONDS = 3600

const settings = (values: Cover['during']): Script =>
  sh`postconf -e ${values.map(([name, value]) => `${name}=${value}`)}`

/**
 * `covered` restarts, `uncover` takes Postfix back where that was undone. master(8): at a reload, processes go on until
 * what they are at is done, with what they read when they started.
 */
export const coverFunctions = ({ former, during, after }: Cover): Script =>
  lines([
    raw(`cover=$(postconf -h queue_directory)/${COVER_DIRECTORY} pointed=`),
    // As it was to the byte and to its time: nobody is to take it for changed.
    raw(`to_former() { perl ${FILES} settle ${MAIN_CF} stay=old always=1; }`),
    lines([raw('to_cover() {'), settings(during), raw('}')]),
    after === former ? raw('to_new() { to_former; }') : lines([raw('to_new() {'), settings(after), raw('}')]),
    RELOAD,
    COVER,
    COVERED,
  ])

/** `reload_postfix HALF_SECONDS` waits until nobody asks any more where Postfix pointed before; 2 where that lasts. */
const RELOAD = raw(`asking() {
  read -r m x < "$(postconf -h queue_directory)/pid/master.pid"
  for p in /proc/[0-9]*; do
    { read -r c < "$p/comm"; read -r s < "$p/stat"; } 2>/dev/null || continue
    case $c in smtpd|cleanup|qmqpd)
      s=\${s##*) }
      s=\${s#* }
      [ "\${s%% *}" != "$m" ] || printf '%s ' "\${p#/proc/}";;
    esac
  done
}
# Those that were there before the reload have ended: nobody asks any more where they asked.
reload_postfix() {
  old=$(asking)
  postfix reload >/dev/null 2>&1 || {
    say 'postfix reload failed'
    return 1
  }
  i=0
  while
    left=
    for p in $old; do
      c=
      { read -r c < "/proc/$p/comm"; } 2>/dev/null
      case $c in smtpd|cleanup|qmqpd) left="$left $p";; esac
    done
    [ "$left" ]
  do
    i=$((i + 1))
    [ "$i" -le "$1" ] || return 2
    sleep 0.5
  done
}
named() { postconf -h smtpd_milters non_smtpd_milters | grep -q ${COVER_DIRECTORY}/; }`)

const COVER = raw(`start_cover() {
  user=$(setting userid /etc/opendkim.conf)
  user=\${user%%:*}
  systemctl stop mailrun-opendkim-cover-end.timer 2>/dev/null
  if systemctl is-active --quiet mailrun-opendkim-cover.service; then
    # Left by a run that was killed: Postfix may still ask it, and goes on until it has another.
    told=$(ask postfix "local:$cover/opendkim.sock")
    signed "$told" && return
    if ! named; then
      reload_postfix ${DRAIN_SECONDS * 2} || return 1
    elif printf '%s\n' "$told" | grep -qv ' - '; then
      return
    fi
  fi
  perl ${FILES} directory "$cover" "owner=$user" "group=$(id -gn "$(postconf -h mail_owner)")" mode=2750 there=1 &&
    instance cover "$cover" /etc/opendkim.conf Restart=on-failure || return 1
  told=$(ask postfix "local:$cover/opendkim.sock")
  signed "$told" || {
    say 'a second OpenDKIM, which is to sign meanwhile, does not:'
    differs "$told"
    return 1
  }
}
end_cover() {
  if [ "$1" = 0 ]; then
    end_instance cover
    rm -rf -- "$cover"
  else
    systemd-run -q --collect --unit=mailrun-opendkim-cover-end --on-active=${LINGER_SECONDS} \\
      sh -c "systemctl stop mailrun-opendkim-cover.service; rm -rf -- '$cover' /run/mailrun-opendkim-cover"
  fi
}`)

/** As it stands between double quotes. */
const SESSIONS_LAST =
  `sessions of Postfix that began before have not ended in ${DRAIN_SECONDS} s (processes$left), ` +
  "and would fail by a restart of OpenDKIM: run again later, or give restart: 'plain' to restart all the same"

const COVERED = raw(`back() {
  "$1"
  perl ${FILES} discard ${MAIN_CF} stay=old
  reload_postfix ${DRAIN_SECONDS * 2}
  rc=$?
  named || end_cover "$rc"
  pointed=
}
covered() {
  if ! postfix status >/dev/null 2>&1; then
    live_or_softened
    return
  fi
  start_cover || {
    named || end_cover 0
    return 1
  }
  perl ${FILES} copy ${MAIN_CF} source=${MAIN_CF} stay=old || {
    named || end_cover 0
    return 1
  }
  pointed=1
  to_cover && reload_postfix ${DRAIN_SECONDS * 2} || {
    [ "$?" != 2 ] || say "${SESSIONS_LAST}"
    return 1
  }
  live_or_softened
  rc=$?
  [ "$rc" = 0 ] || return "$rc"
  back to_new
  return 0
}
uncover() { [ -z "$pointed" ] || back to_former; }`)
