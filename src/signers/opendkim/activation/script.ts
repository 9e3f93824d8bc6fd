// The script that makes OpenDKIM sign with a new set of files. It checks and tries the files, puts them in place
// together, lets the daemon itself prove that it signs, and restores the former files if that fails.
import { FILES } from '../../../resources/files/program/files.ts'
import { ACTIVATION } from './state.ts'
import { packed } from '../../../resources/files/program/packed.ts'
import { quote } from '../../../shell/quote.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import { ANSWERS, MILTER_WATCH } from './milter-watch-script.ts'
import { LISTED, listsFunctions, type ListsChange } from './lists-script.ts'
import { OPENDKIM_ASK, UNSIGNED } from './ask.ts'
import { OPENDKIM_GATE } from './gate.ts'
import { GONE } from './files.ts'
import { CONFIGURATION } from '../setup/opendkim.ts'
import { hardeningFunctions, type UnitHardening } from './hardening-script.ts'
import { installFunctions } from './install-script.ts'
import type { Signer } from './tables.ts'
import { startScript, type UnitStart } from '../../../resources/systemd/unit-script.ts'

export interface OpendkimStart extends Pick<
  UnitStart,
  'unit' | 'restartOn' | 'reloadOn' | 'listens' | 'real' | 'verb'
> {
  /** `KeyTable`, `SigningTable`, `TrustedHosts`, `opendkim.conf` and the unit's drop-in, where they go live. */
  readonly files: readonly string[]
  /** Of the staged files: SHA-256 by path, or {@link GONE}. The other files stay as they are. */
  readonly staged: ReadonlyMap<string, string>
  /** The setting Socket of opendkim.conf(5). `undefined`: as in the present configuration. */
  readonly socket: string | undefined
  /** Where the running daemon listens. `undefined`: as in its former configuration. */
  readonly former: string | undefined
  /** Which domains are signed at the end, and which are not. */
  readonly signs: readonly Signer[]
  /** `undefined`: Postfix's lists do not change. */
  readonly lists: ListsChange | undefined
  readonly hardened: UnitHardening
}

/** The directory for files of other instances, which only the daemon's user can enter. */
const WORK = '/run/mailrun-opendkim'
const NEW = `${ACTIVATION}/new`
const OLD = `${ACTIVATION}/old`
const ASK = `${ACTIVATION}/ask.pl`
/** What a stage printed, which is shown where it fails. */
const SAID = `${NEW}/said`
const SWEPT = [NEW, `${OLD}.done`, ASK, ANSWERS, `${ANSWERS}.pl`, LISTED, `${WORK}-trial`]

/** Enough for a start and its proof, for undoing it and that proof, and for sessions of Postfix. */
export const OPENDKIM_SECONDS = 900

/** In the form of {@link OPENDKIM_ASK}. */
export const askedAs = (socket: string): string =>
  socket
    .replace(/^(?=\/)/, 'local:')
    .replace(
      /^inet(6?):(\d+)(?:@(.*))?$/,
      (_, six: string, port: string, host = '127.0.0.1') =>
        `inet${six}:${host === 'localhost' ? '127.0.0.1' : String(host)}:${port}`,
    )

/** Each stage is a function beside the one that undoes it; `main` has the order. */
export function opendkimScript(start: OpendkimStart): Script {
  const { files: paths, staged, lists, verb } = start
  const proved = { validate: undefined, prove: raw('prove') }
  const again = verb === 'reload' ? 'reload' : 'restart'
  return lines([
    variables(start),
    TOOLS,
    hardeningFunctions(start.hardened),
    INSTANCE,
    installFunctions(
      paths,
      paths.filter((path) => staged.has(path)),
    ),
    gate(start),
    TRY,
    PROVE,
    raw('# Both leave the stamp of what they proved; their last lines are reported where they fail.'),
    lines([raw('activate() ('), startScript({ ...start, ...proved }), raw(')')]),
    lines([raw('reactivate() ('), startScript({ ...start, ...proved, listens: [], verb: again }), raw(')')]),
    UNDO,
    LIVE,
    MILTER_WATCH,
    lists === undefined
      ? raw('listed() { ask_milters && live_or_softened && none_died; }; unlist() { :; }')
      : listsFunctions(lists),
    stage(staged),
    MAIN,
  ])
}

/** The wanted values, and variables that get their values later. */
function variables({ signs, socket, former, verb }: OpendkimStart): Script {
  const want = signs.map(({ from, selector }) => `${from} ${selector ?? UNSIGNED}`).join('\n')
  return sh`want=${want}
milter=${socket === undefined ? '' : askedAs(socket)}
verb=${verb}
before=
former=
was=${former === undefined ? '' : askedAs(former)}
cursor=
logs=
bound=
asked=${signs.map(({ from, domain }) => `${from}/${domain}\n`).join('')}
nl='
'`
}

/**
 * `setting NAME FILE` sets `v` to the value of a setting, the name as a pattern of case, `as_milter SOCKET` prints the
 * milter in the form of {@link OPENDKIM_ASK}, `ask WHO MILTER OPTIONS` sets `reported` to what it says of all domains,
 * `unit_now` asks for what the unit is.
 */
const TOOLS = raw(`say() { printf '%s\\n' "$1" >&2; }
sweep() {
  stop_instance trial
  rm -rf -- ${SWEPT.join(' ')}
}
touched= as=postfix
trap sweep EXIT
setting() {
  v= n=$1 f=$2
  [ -r "$f" ] || return 0
  while IFS= read -r l || [ "$l" ]; do
    l=\${l%%#*}
    set -f
    set -- $l
    set +f
    case \${1-} in $n)
      shift
      v=$*;;
    esac
  done < "$f"
}
as_milter() {
  case $1 in
    inet*:*@*)
      h=\${1#*@}
      [ "$h" != localhost ] || h=127.0.0.1
      p=\${1%@*}
      printf %s "\${p%%:*}:$h:\${p#*:}";;
    inet*:*) printf %s "\${1%%:*}:127.0.0.1:\${1#*:}";;
    *:*) printf %s "$1";;
    *) printf 'local:%s' "$1";;
  esac
}
listens_at() {
  setting '[Ss][Oo][Cc][Kk][Ee][Tt]' /etc/opendkim.conf
  as_milter "$v"
}
ask() { reported=$(perl ${ASK} "$@"); }
unit_now() {
  active= pid_file= consists= needed_by=
  shown=$(systemctl show -p ActiveState,PIDFile,ConsistsOf,BoundBy,RequiredBy,RequisiteOf opendkim.service)
  while IFS= read -r l; do
    case $l in
      ActiveState=active|ActiveState=reloading|ActiveState=refreshing) active=1;;
      PIDFile=*) pid_file=\${l#*=};;
      ConsistsOf=*) consists=\${l#*=};;
      BoundBy=*|RequiredBy=*|RequisiteOf=*) needed_by="$needed_by \${l#*=}";;
    esac
  done <<END
$shown
END
}
[ -d ${NEW} ] || mkdir -p -- ${NEW}
printf '%s__END__\\n%s' ${quote(packed(OPENDKIM_ASK))} "$asked" > ${ASK} || exit 1`)

/**
 * `instance NAME DIRECTORY CONFIGURATION PROPERTY` starts an OpenDKIM beside the one that runs, as `user` and `group`,
 * with its socket in the directory; `stop_instance NAME` kills it, `end_instance NAME` removes its files, too. A stop
 * would take libmilter up to 5 s (MI_CHK_TIME), and nobody asks it any more.
 */
const INSTANCE = raw(`is_loaded() { [ -e "/run/systemd/transient/mailrun-opendkim-$1.service" ]; }
instance() {
  end_instance "$1"
  ! is_loaded "$1" || systemctl reset-failed "mailrun-opendkim-$1.service" 2>/dev/null
  perl ${FILES} directory "${WORK}-$1" "owner=$user" "group=$group" mode=0700 there=1 &&
    { [ ! -e "$2/opendkim.sock" ] || rm -f -- "$2/opendkim.sock"; } &&
    launch "$2 ${WORK}-$1" --unit="mailrun-opendkim-$1" -p KillSignal=SIGKILL -p "$4" \\
      /usr/sbin/opendkim -f -x "$3" -p "local:$2/opendkim.sock" -P "${WORK}-$1/pid"
}
stop_instance() {
  ! is_loaded "$1" || systemctl stop "mailrun-opendkim-$1.service" 2>/dev/null
}
end_instance() {
  stop_instance "$1"
  [ ! -e "${WORK}-$1" ] || rm -rf -- "${WORK}-$1"
}`)

/** Files that are not staged stay as they are. A staged file must be complete. */
function stage(staged: ReadonlyMap<string, string>): Script {
  const at = (path: string): string => `${NEW}/${path.split('/').at(-1) ?? ''}`
  const gone = [...staged].filter(([, digest]) => digest === GONE).map(([path]) => at(path))
  const there = [...staged].filter(([, digest]) => digest !== GONE).map(([path, digest]) => `${digest}  ${at(path)}`)
  return lines([
    raw('stage() {'),
    ...gone.map((name) => sh`[ ! -e ${name} ] || rm -f -- ${name}`),
    ...(there.length === 0
      ? []
      : [
          raw(`sha256sum --status -c <<'END' || {\n${there.join('\n')}\nEND`),
          ...there.map(
            (line) => sh`echo ${line} | sha256sum --status -c || say ${`${line.slice(66)} did not arrive whole`}`,
          ),
          raw('return 1\n}'),
        ]),
    raw(':\n}'),
  ])
}

/**
 * opendkim.conf(5) has no option for other tables in a trial, so a copy of the configuration names the staged tables.
 * Postfix is checked where its lists change, or a start of OpenDKIM may start units that go with it.
 */
function gate({ files: paths, staged, verb, lists }: OpendkimStart): Script {
  const at = (path: string): string => `${NEW}/${path.split('/').at(-1) ?? ''}`
  const comes = paths.filter((path) => staged.has(path) && staged.get(path) !== GONE)
  const configuration = comes.includes(CONFIGURATION) ? at(CONFIGURATION) : CONFIGURATION
  const words = [configuration, `${NEW}/check.conf`, ...comes.flatMap((path) => [path, at(path)])]
  const postfix = raw(`command -v postfix >/dev/null && [ -e /etc/postfix/main.cf ] && {
    reported=$(postfix check 2>&1) || {
      say "postfix check: $reported"
      return 1
    }
  }`)
  return lines([
    raw(`gate() {
  as_user=$(perl -e ${quote(packed(OPENDKIM_GATE))} "$pid_file" ${words.map(quote).join(' ')}) || return 1
  read -r user group <<END
$as_user
END
  reported=$(opendkim -n -x ${NEW}/check.conf 2>&1) || {
    say "opendkim -n: $reported"
    return 1
  }
  reported=$(setpriv --reuid "$user" --regid "$group" --init-groups opendkim -n -x ${NEW}/check.conf 2>&1) || {
    say "opendkim -n, as user $user: $reported"
    return 1
  }`),
    ...(lists === undefined && verb === 'reload' ? [] : [postfix]),
    raw('try\n}'),
  ])
}

/**
 * `try` starts an OpenDKIM with the staged files and the new hardening, and asks it. If it signs only without the
 * hardening, the hardening is left out. `differs ANSWER` prints where an answer is not the wanted one.
 */
const TRY = raw(`tried() {
  if instance trial ${WORK}-trial ${NEW}/check.conf RuntimeMaxSec=120; then
    ask root local:${WORK}-trial/opendkim.sock wait
    listens=
    [ ! -S ${WORK}-trial/opendkim.sock ] || listens=1
    stop_instance trial
    [ "$reported" = "$want" ] && return
    if [ "$listens" ]; then differs "$reported"; else say 'it does not listen; its last lines:'; fi
  fi
  journalctl -q --no-pager -o cat -n 5 --unit=mailrun-opendkim-trial.service >&2
  return 1
}
try() {
  tried > ${SAID} 2>&1 && return
  reported=$(cat ${SAID})
  if [ "$hard" ] && [ "$owned" ]; then
    why=$reported
    hard=
    tried > ${SAID} 2>&1 && {
      soften "$why"
      return
    }
    reported=$(cat ${SAID})
  fi
  say "an OpenDKIM with these files, tried beside the one that runs, does not sign as it should:"
  say "$reported"
  return 1
}
differs() {
  {
    printf '%s\\n' "$want"
    echo
    printf '%s\\n' "$1"
  } | awk '
    NF==0 {f=1; next}
    !f {w[$1]=$2; next}
    !($1 in w) || w[$1]==$2 {next}
    {
      l=$0; sub(/^[^ ]+ (- )?/, "", l)
      print $1 ": " ($2=="-" ? l : "it signs with selector " l) \\
        ", wanted is " (w[$1]=="-" ? "none" : "a signature with selector " w[$1])
    }
  ' >&2
}`)

/**
 * Every domain in `want` must be signed as `want` says. OpenDKIM reloads only at the next connection, and only logs a
 * failure; the question makes it reload. `signed` says whether `reported` is so.
 */
const PROVE = raw(`prove() {
  i=0
  until
    ask "$as" "$milter"
    signed
  do
    i=$((i + 1))
    [ "$i" -lt 5 ] || {
      up
      differs "$reported"
      tell 'OpenDKIM runs, but does not sign as it should; its last lines:'
    }
    sleep 0.3
  done
  [ "$verb" = reload ] && [ "$cursor" ] && [ "$logs" ] || return 0
  i=0
  until
    logged=$(journalctl -q --no-pager -o cat --after-cursor="$cursor" --unit=opendkim.service)
    case "$nl$logged" in *"$nl"'configuration reloaded '*) ;; *) false;; esac
  do
    i=$((i + 1))
    [ "$i" -lt 25 ] || tell 'OpenDKIM did not take the new configuration; its last lines:'
    sleep 0.2
    # The signal may have come to it after the question. Each question fills its log, whose last lines are to say why.
    case $i in 1|8) ask "$as" "$milter";; esac
  done
}
signed() {
  [ "$reported" != "$want" ] || return 0
  {
    printf '%s\\n' "$want"
    echo
    printf '%s\\n' "$reported"
  } | awk '
    NF==0 {f=1; next}
    !f {w[$0]; next}
    {delete w[$0]}
    END {for (x in w) if (x != "") exit 1}
  '
}
mark() {
  cursor=$(journalctl -q --no-pager -n 0 --show-cursor 2>/dev/null)
  case $cursor in *'-- cursor: '*) cursor=\${cursor##*-- cursor: };; *) cursor=;; esac
  setting '[Ss][Yy][Ss][Ll][Oo][Gg]' /etc/opendkim.conf
  case $v in
    [YyTt1]*) logs=1;;
    *) logs=;;
  esac
}`)

/**
 * Restores the former files. They are deleted from their copy only if OpenDKIM signs with them; else the next run
 * restores them again.
 */
const UNDO = raw(`undo() {
  say "undone:"
  if ! install_set ${OLD} $files; then
    say "its former files cannot be put back; OpenDKIM still has them loaded, and the next run tries again"
    exit 1
  fi
  [ "$former" ] || {
    unlist
    systemctl stop opendkim.service
    start_bound
    forget
    say "OpenDKIM has its former files again, and is as it was: not running"
    exit 1
  }
  # What Postfix could not ask before it need not be able to ask.
  want=$before
  milter=$former
  failed=0
  [ "$before" ] || as=root
  [ -z "$touched" ] || {
    mark
    reactivate
    failed=$?
    start_bound
  }
  unlist
  died
  [ -z "$reported" ] || say "still dead: $reported"
  if [ "$failed" = 0 ]; then
    forget
    if [ "$before" ]; then
      say "OpenDKIM has its former files again, and signs as before"
    else
      say "OpenDKIM has its former files again, by which it signed nothing, either"
    fi
  else
    say "OpenDKIM has its former files again, and DOES NOT SIGN AS BEFORE: see above"
  fi
  exit 1
}`)

/**
 * With the new hardening of its unit, else without hardening, else not at all. By `$(…)`: elsewhere `set -e` has no
 * effect in what && follows, nor in what that calls.
 */
const LIVE = raw(`live_or_softened() {
  touched=1
  reported=$(activate 2>&1) && return
  say "$reported"
  softened "$reported"
}`)

const MAIN = raw(`if [ -d ${OLD} ]; then
  say "a run that did not come to its end has left files half new: they are put back first"
  install_set ${OLD} $files || {
    say "its former files cannot be put back"
    exit 1
  }
fi
unit_now
stage && gate || {
  say "refused: OpenDKIM and its files are left as they were"
  exit 1
}
[ "$milter" ] || milter=$(listens_at)
if [ "$active" ]; then
  former=\${was:-$(listens_at)}
  ask postfix "$former" signed
  before=$reported
  running "$consists $needed_by"
else
  running "$consists"
fi
keep || {
  say "the former files cannot be kept: OpenDKIM and its files are left as they were"
  exit 1
}
if ! install_set ${NEW} $staged; then
  say "the files cannot be put in place"
  install_set ${OLD} $files && forget && say "undone: OpenDKIM and its files are as they were"
  exit 1
fi
mark
listed
rc=$?
[ "$rc" = 0 ] || undo
note_hardening
stop_instance trial
forget clear / -- ${SWEPT.join(' ')} && trap - EXIT
`)
