// The script that makes OpenDKIM sign with a new set of files. It checks and tries the files, puts them in place
// together, lets the daemon itself prove that it signs, and restores the former files if that fails.
import { FILES, files } from '../../../resources/files/program/files.ts'
import { ACTIVATION } from './state.ts'
import { quote } from '../../../shell/quote.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import { ANSWERS, MILTER_WATCH } from './milter-watch-script.ts'
import { LISTED, listsFunctions, type ListsChange } from './lists-script.ts'
import { OPENDKIM_ASK, UNSIGNED } from './ask.ts'
import { OPENDKIM_GATE } from './gate.ts'
import { GONE } from './files.ts'
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
  const again = verb === 'reload' ? 'reload' : 'restart'
  return lines([
    variables(start),
    TOOLS,
    hardeningFunctions(start.hardened),
    INSTANCE,
    installFunctions(paths),
    gate(paths),
    TRY,
    PROVE,
    raw('# Both leave the stamp of what they proved; their last lines are reported where they fail.'),
    lines([raw('activate() ('), startScript({ ...start, validate: undefined, prove: raw('prove') }), raw(')')]),
    lines([
      raw('reactivate() ('),
      startScript({ ...start, listens: [], verb: again, validate: undefined, prove: raw('prove') }),
      raw(')'),
    ]),
    UNDO,
    LIVE,
    MILTER_WATCH,
    lists === undefined
      ? raw('listed() { ask_milters && live_or_softened && none_died; }; unlist() { :; }')
      : listsFunctions(lists),
    stage(paths, staged),
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
domains() { printf '%s\n' ${signs.map(({ from, domain }) => `${from}/${domain}`)}; }`
}

/**
 * `setting NAME FILE` prints the value of a setting, `as_milter SOCKET` prints the milter in the form of
 * {@link OPENDKIM_ASK}, `ask WHO MILTER` asks about all domains.
 */
const TOOLS = raw(`say() { printf '%s\\n' "$1" >&2; }
own() { systemctl is-active --quiet opendkim.service; }
sweep() {
  end_instance trial
  rm -rf -- ${NEW} ${ASK} ${ANSWERS} ${ANSWERS}.pl ${LISTED}
}
touched= as=postfix
trap sweep EXIT
setting() {
  awk -v n="$1" '
    {sub(/#.*/, "")}
    tolower($1)==n {v=$0; sub(/^[ \\t]*[^ \\t]+[ \\t]+/, "", v); sub(/[ \\t]+$/, "", v)}
    END {print v}
  ' "$2" 2>/dev/null
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
ask() { domains | xargs -r perl ${ASK} "$@"; }
mkdir -p -- ${ACTIVATION}
cat > ${ASK} <<'mailrun-perl' || exit 1
${OPENDKIM_ASK}mailrun-perl`)

/**
 * `instance NAME DIRECTORY CONFIGURATION PROPERTY` starts an OpenDKIM beside the one that runs, with its socket in the
 * directory; `end_instance NAME` kills it. A stop would take libmilter up to 5 s (MI_CHK_TIME), and nobody asks it any
 * more.
 */
const INSTANCE = raw(`work() {
  perl ${FILES} directory "${WORK}-$1" "owner=$user" "group=$(id -gn "$user")" mode=0700 there=1
}
instance() {
  end_instance "$1"
  systemctl reset-failed "mailrun-opendkim-$1.service" 2>/dev/null
  work "$1" &&
    rm -f -- "$2/opendkim.sock" &&
    launch "$2 ${WORK}-$1" --unit="mailrun-opendkim-$1" -p KillSignal=SIGKILL -p "$4" \\
      /usr/sbin/opendkim -f -x "$3" -p "local:$2/opendkim.sock" -P "${WORK}-$1/pid" || return 1
  i=0
  until [ -S "$2/opendkim.sock" ] || [ "$i" -ge 50 ]; do
    i=$((i + 1))
    sleep 0.1
  done
}
end_instance() {
  systemctl stop "mailrun-opendkim-$1.service" 2>/dev/null
  rm -rf -- "${WORK}-$1"
}`)

/** Files that are not staged stay as they are. A staged file must be complete. */
const stage = (paths: readonly string[], staged: ReadonlyMap<string, string>): Script =>
  lines([
    raw(`stage() {\nmkdir -p -- ${NEW}`),
    ...paths.map((path) => {
      const name = `${NEW}/${path.split('/').at(-1) ?? ''}`
      const digest = staged.get(path)
      if (digest === GONE) return sh`rm -f -- ${name}`
      return digest === undefined
        ? sh`rm -f -- ${name}; [ ! -e ${path} ] || ${files('copy', name, [['source', path]])} || return 1`
        : sh`printf '%s  %s\n' ${digest} ${name} | sha256sum --status -c || {
  say ${`${name} did not arrive whole`}
  return 1
}`
    }),
    raw('}'),
  ])

/**
 * opendkim.conf(5) has no option for other tables in a trial, so a copy of the configuration names the staged tables.
 */
function gate(files: readonly string[]): Script {
  const stagedPaths = files.map((path) => `-e ${quote(`s|${path}|${NEW}/${path.split('/').at(-1) ?? ''}|g`)}`)
  return raw(`gate() {
  sed ${stagedPaths.join(' ')} ${NEW}/opendkim.conf > ${NEW}/check.conf || return 1
  user=$(setting userid ${NEW}/check.conf)
  user=\${user%%:*}
  perl - ${NEW}/check.conf "$(systemctl show -p PIDFile --value opendkim.service)" <<'mailrun-perl' || return 1
${OPENDKIM_GATE}mailrun-perl
  reported=$(opendkim -n -x ${NEW}/check.conf 2>&1) || {
    say "opendkim -n: $reported"
    return 1
  }
  reported=$(runuser -u "$user" -- opendkim -n -x ${NEW}/check.conf 2>&1) || {
    say "opendkim -n, as user $user: $reported"
    return 1
  }
  command -v postfix >/dev/null && [ -e /etc/postfix/main.cf ] && {
    reported=$(postfix check 2>&1) || {
      say "postfix check: $reported"
      return 1
    }
  }
  try
}`)
}

/**
 * `try` starts an OpenDKIM with the staged files and the new hardening, and asks it. If it signs only without the
 * hardening, the hardening is left out. `differs ANSWER` prints where an answer is not the wanted one.
 */
const TRY = raw(`tried() {
  if work trial && instance trial ${WORK}-trial ${NEW}/check.conf RuntimeMaxSec=120; then
    listens=
    [ ! -S ${WORK}-trial/opendkim.sock ] || listens=1
    reported=$(ask root local:${WORK}-trial/opendkim.sock)
    end_instance trial
    [ "$reported" = "$want" ] && return
    if [ "$listens" ]; then differs "$reported"; else say 'it does not listen; its last lines:'; fi
  fi
  journalctl -q --no-pager -o cat -n 5 --unit=mailrun-opendkim-trial.service >&2
  return 1
}
try() {
  reported=$(tried 2>&1) && return
  if [ "$hard" ] && [ "$owned" ]; then
    why=$reported
    hard=
    reported=$(tried 2>&1) && {
      soften "$why"
      return
    }
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
 * failure; the question makes it reload.
 */
const PROVE = raw(`prove() {
  i=0
  until
    reported=$(ask "$as" "$milter")
    signed "$reported"
  do
    i=$((i + 1))
    [ "$i" -lt 5 ] || {
      differs "$reported"
      tell 'OpenDKIM runs, but does not sign as it should; its last lines:'
    }
    sleep 0.3
  done
  [ "$verb" = reload ] && [ "$cursor" ] && [ "$logs" ] || return 0
  i=0
  until
    journalctl -q --no-pager -o cat --after-cursor="$cursor" --unit=opendkim.service |
      grep -q '^configuration reloaded '
  do
    i=$((i + 1))
    [ "$i" -lt 25 ] || tell 'OpenDKIM did not take the new configuration; its last lines:'
    sleep 0.2
  done
}
signed() {
  {
    printf '%s\\n' "$want"
    echo
    printf '%s\\n' "$1"
  } | awk '
    NF==0 {f=1; next}
    !f {w[$0]; next}
    {delete w[$0]}
    END {for (x in w) if (x != "") exit 1}
  '
}
mark() {
  cursor=$(journalctl -q --no-pager -n 0 --show-cursor 2>/dev/null | sed -n 's/^-- cursor: //p')
  case $(setting syslog /etc/opendkim.conf) in
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
  if ! install_set ${OLD}; then
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
  still=$(died)
  [ -z "$still" ] || say "still dead: $still"
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

/** With the new hardening of its unit, else without hardening, else not at all. */
const LIVE = raw(`live_or_softened() {
  touched=1
  reported=$(activate 2>&1)
  rc=$?
  [ "$rc" != 0 ] || return 0
  say "$reported"
  softened "$reported"
}`)

const MAIN = raw(`if [ -d ${OLD} ]; then
  say "a run that did not come to its end has left files half new: they are put back first"
  install_set ${OLD} || {
    say "its former files cannot be put back"
    exit 1
  }
fi
stage && gate || {
  say "refused: OpenDKIM and its files are left as they were"
  exit 1
}
[ "$milter" ] || milter=$(as_milter "$(setting socket /etc/opendkim.conf)")
if own; then
  former=\${was:-$(as_milter "$(setting socket /etc/opendkim.conf)")}
  before=$(ask postfix "$former" | awk '$2!="-"')
  bound=$(bound ConsistsOf,BoundBy,RequiredBy,RequisiteOf)
else
  bound=$(bound ConsistsOf)
fi
keep || {
  say "the former files cannot be kept: OpenDKIM and its files are left as they were"
  exit 1
}
if ! install_set ${NEW}; then
  say "the files cannot be put in place"
  install_set ${OLD} && forget && say "undone: OpenDKIM and its files are as they were"
  exit 1
fi
mark
listed
rc=$?
[ "$rc" = 0 ] || undo
note_hardening
forget
`)
