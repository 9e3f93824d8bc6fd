// Shell functions that change Postfix's lists of milters, so that they name an OpenDKIM that answers: a second instance
// while the first restarts, then the first again. They wait each time until no session uses the other instance.
import { FILES } from '../../../resources/files/program/files.ts'
import { ACTIVATION } from './state.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import type { Settings } from '../../../resources/postfix/settings/with-settings.ts'
import { COVER_DIRECTORY, type OpendkimLists } from './lists.ts'

/** How long sessions that began before may go on, before the restart is given up. */
const DRAIN_SECONDS = 120
/**
 * The second instance outlives the run where sessions still ask it; by then they have ended (smtpd_timeout is 300 s).
 */
const LINGER_SECONDS = 3600
/** Sets of main.cf and master.cf. */
export const LISTED = `${ACTIVATION}/lists`

/** What is done about Postfix's lists beside the start; at least one of both. */
export interface ListsChange {
  readonly lists: OpendkimLists
  /** A second OpenDKIM signs meanwhile. */
  readonly covered: boolean
}

const set = ({ main, master }: Settings): readonly Script[] => [
  ...(main.length === 0 ? [] : [sh`postconf -c "$d" -e ${main.map(([name, value]) => `${name}=${value}`)} &&`]),
  ...(master.length === 0
    ? []
    : [sh`postconf -c "$d" -P ${master.map(([service, name, value]) => `${service}/${name}=${value}`)} &&`]),
]

/**
 * `listed` starts OpenDKIM and has Postfix's lists name it; `unlist` takes Postfix back where that was undone.
 * master(8): at a reload, processes go on until what they are at is done, with what they read when they started.
 */
export const listsFunctions = ({ lists: { during, after }, covered }: ListsChange): Script =>
  lines([
    raw('pointed='),
    raw('prepare_lists() {\nlists old && lists new &&'),
    ...set(after),
    raw('lists cover &&'),
    ...set(during),
    raw(':\n}'),
    LISTS,
    MOVED,
    ...(covered
      ? [raw(`cover=$(postconf -h queue_directory)/${COVER_DIRECTORY}`), RELOAD, COVER, COVERED]
      : [raw('listed() { moved; }')]),
  ])

/**
 * `keep_lists` writes all that they are to be, beside; `put_lists old`, `cover` or `new` puts a set in place, each file
 * by a rename, for Postfix starts processes at any time. What is as it was stays, with its time: nobody is to take it
 * for changed.
 */
const LISTS = raw(`lists() {
  d=${LISTED}/$1
  mkdir -p -- ${LISTED}/"$1" || return 1
  for f in main.cf master.cf; do perl ${FILES} copy "$d/$f" "source=/etc/postfix/$f" || return 1; done
}
keep_lists() { ask_milters && prepare_lists; }
put_lists() {
  for f in main.cf master.cf; do
    perl ${FILES} copy "/etc/postfix/$f" "source=${LISTED}/$1/$f" stay=new &&
      perl ${FILES} settle "/etc/postfix/$f" stay=new || return 1
  done
}
drop_lists() {
  rm -rf -- ${LISTED}
  pointed=
}
named() { grep -qs '^[^#].*${COVER_DIRECTORY}/' /etc/postfix/main.cf /etc/postfix/master.cf; }`)

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
}`)

const COVER = raw(`start_cover() {
  setting '[Uu][Ss][Ee][Rr][Ii][Dd]' /etc/opendkim.conf
  user=\${v%%:*}
  group=$(id -gn "$user")
  systemctl stop mailrun-opendkim-cover-end.timer 2>/dev/null
  if systemctl is-active --quiet mailrun-opendkim-cover.service; then
    # Left by a run that was killed: Postfix may still ask it, and goes on until it has another.
    ask postfix "local:$cover/opendkim.sock"
    signed && return
    if ! named; then
      reload_postfix ${DRAIN_SECONDS * 2} || return 1
    elif printf '%s\n' "$reported" | grep -qv ' - '; then
      return
    fi
  fi
  perl ${FILES} directory "$cover" "owner=$user" "group=$(id -gn "$(postconf -h mail_owner)")" mode=2750 there=1 &&
    instance cover "$cover" /etc/opendkim.conf Restart=on-failure || return 1
  ask postfix "local:$cover/opendkim.sock" wait
  signed || {
    say 'a second OpenDKIM, which is to sign meanwhile, does not:'
    differs "$reported"
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

/** With no second instance: OpenDKIM does not run, or is asked where it was meanwhile, or so it was wanted. */
const MOVED = raw(`moved() {
  keep_lists && live_or_softened || return 1
  pointed=1
  put_lists new && if_running && none_died || return 1
  drop_lists
}
if_running() { ! postfix status >/dev/null 2>&1 || postfix reload >/dev/null 2>&1; }
unlist() {
  [ -z "$pointed" ] || {
    put_lists old
    if_running
  }
  drop_lists
}`)

const COVERED = raw(`listed() {
  if ! postfix status >/dev/null 2>&1; then
    moved
    return
  fi
  start_cover && keep_lists || {
    named || end_cover 0
    return 1
  }
  pointed=1
  put_lists cover && reload_postfix ${DRAIN_SECONDS * 2} || {
    [ "$?" != 2 ] || say "${SESSIONS_LAST}"
    return 1
  }
  live_or_softened && back new
}
back() {
  put_lists "$1"
  reload_postfix ${DRAIN_SECONDS * 2}
  rc=$?
  [ "$1" = old ] || none_died || {
    put_lists cover
    reload_postfix ${DRAIN_SECONDS * 2}
    return 1
  }
  named || end_cover "$rc"
  drop_lists
}
unlist() {
  [ -z "$pointed" ] || back old
  drop_lists
}`)
