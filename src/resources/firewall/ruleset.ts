// The packet filter of a host: asks which rules it has, loads others with the way back armed, and keeps them.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PackageFact, UnitFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { keepDirectory, putFile } from '../files/program/files.ts'

export interface RulesetState {
  readonly installed: boolean
  /** SHA-256 of the text that was loaded and kept, if its tables are since as they were then. */
  readonly running: string | undefined
  /** Rules were loaded, and nobody has kept them yet. */
  readonly armed: boolean
  /** They are loaded at boot. */
  readonly enabled: boolean
  /** Why nft(8) would not load the rules to go back to, as it does not those of iptables that it has no words for. */
  readonly unloadable: string | undefined
}

/** Of the timer and the service that bring the former rules back. */
const UNIT = 'mailrun-firewall'
/** Root's alone: the text, the former rules, and what the new ones came to. */
const NEW = '/run/mailrun/firewall-new'
const BACK = '/run/mailrun/firewall-back'
const LOADED = '/run/mailrun/firewall-loaded'
/** Of the text that was kept, and of what its tables came to. */
const KEPT_DIRECTORY = '/var/lib/mailrun'
const KEPT = `${KEPT_DIRECTORY}/firewall`

/**
 * Defines `digest`, which prints a digest of the tables without counters and the elements of sets, as those come and
 * go; `unloadable FILE`, which prints in one line why nft(8) would not load a file, and nothing where it would; and
 * `lost`, which prints what nft(8) says it has left out of a listing: a match of iptables whose library is not there.
 */
const functions = (tables: readonly string[]): Script => sh`digest() (
  there=$(nft list tables) || exit
  text=$(for table in ${tables}; do
    if printf '%s\n' "$there" | grep -qxF "table $table"; then
      nft -s -t list table $table || exit
    else
      echo none
    fi
  done) || exit
  printf '%s\n' "$text" | sha256sum | cut -c 1-64
)
unloadable() {
  why=$(nft -c -f "$1" 2>&1) || printf 'nft: %s\n' "$why" | head -n 2 | tr -s '\t\n' '  ' | cut -c 1-300
}
lost() { grep -m 1 '^XT ' | sed 's/^/nft: /' | cut -c 1-300; }`

/** @param sha256 - of the text that is wanted: where it runs, nobody asks for a way back. */
export const rulesetProbe = (sha256: string, tables: readonly string[]): Probe<RulesetState> =>
  defineProbe<RulesetState>({
    key: `ruleset ${JSON.stringify([sha256, tables])}`,
    reads: ['package:nftables', 'unit:nftables.service', 'firewall:'],
    script: lines([
      functions(tables),
      sh`kept=$(head -c 200 ${KEPT} 2>/dev/null | head -n 1 | grep . || echo none)
systemctl -q is-active ${UNIT}.timer ${UNIT}.service && armed=yes || armed=no
enabled=$(systemctl -q is-enabled nftables.service 2>/dev/null && echo yes || echo no)
installed=no now=none why=
if command -v nft >/dev/null; then
  installed=yes
  now=$(digest) || exit
  if [ $armed = yes ]; then
    why=$(unloadable ${BACK})
  elif [ "$kept" != ${sha256}" $now" ]; then
    rules=$(nft list ruleset) || exit
    why=$({ echo 'flush ruleset'; printf '%s\n' "$rules"; } | unloadable -)
    [ -n "$why" ] || why=$(nft list ruleset 2>&1 >/dev/null | lost)
  fi
fi
printf '%s\n' "$installed" "$now" "$kept" "$armed" "$enabled" "$why"`,
      raw(END),
    ]),
    parse(answer) {
      const text = utf8(whole(answer, 'the packet filter cannot be asked for'))
      const [installed, now, kept, armed, enabled, why] = text.split('\n')
      if (kept === undefined || why === undefined)
        throw new ProbeError(`the packet filter cannot be asked for: ${utf8(answer.stderr).trim()}`)
      const [running, then] = kept.split(' ')
      return {
        installed: installed === 'yes',
        running: then === now && /^[0-9a-f]{64}$/.test(running ?? '') ? running : undefined,
        armed: armed === 'yes',
        enabled: enabled === 'yes',
        unloadable: why.trim() === '' ? undefined : why.trim(),
      }
    },
    foresee(state, known: Fact) {
      if (known.resource === 'package:nftables')
        return { ...state, installed: (known.value as PackageFact).kind === 'installed' }
      if (known.resource !== 'unit:nftables.service') return state
      const unit = known.value as UnitFact
      const enabled = unit.kind === 'unit' ? unit.enabled : 'disabled'
      return typeof enabled === 'string' ? { ...state, enabled: enabled === 'enabled' } : undefined
    },
  })

/** Makes the tables anew in the transaction of the text, on its first line: so nft's numbers of lines are right. */
const anew = (tables: readonly string[]): string =>
  tables.map((table) => `table ${table} {}; delete table ${table}; `).join('')

/** A command that checks the file `%s` as {@link loadRules} loads it: bare, it would be added to what runs. */
export const checkingRules = (tables: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  '{ printf "$1"; cat "$2"; } | nft -c -f -',
  'sh',
  anew(tables),
  '%s',
]

/**
 * Loads a text, once a timer on the host is set that brings back the rules of before. Tables of the text are made anew.
 *
 * @param seconds - until the way back is taken.
 */
export function loadRules(text: string, tables: readonly string[], seconds: number): Script {
  const put = putFile(NEW, {
    owner: 'root',
    group: 'root',
    mode: '0600',
    content: { bytes: Buffer.from(text), secret: undefined },
    validate: checkingRules(tables),
    backup: undefined,
    madeOf: undefined,
  })
  return lines([
    keepDirectory('/run/mailrun', { owner: 'root', group: 'root', mode: '0700' }),
    raw('[ $? = 0 ] || exit'),
    put,
    sh`[ $? = 0 ] || exit`,
    functions(tables),
    // What a run that was killed has loaded goes first: nobody has proved it.
    sh`can() {
  why=$(unloadable ${BACK})
  [ -n "$why" ] || why=$(printf '%s\n' "$2" | lost)
  [ -z "$why" ] || {
    echo "the $1 rules cannot be brought back: $why" >&2
    exit 1
  }
}
if systemctl -q is-active ${UNIT}.timer; then
  can former ''
  nft -f ${BACK} || exit
  systemctl stop ${UNIT}.timer
fi
said=$({ echo 'flush ruleset'; nft list ruleset; } 2>&1 > /run/mailrun/firewall-back) || {
  printf '%s\n' "$said" >&2
  exit 1
}
can present "$said"
systemd-run --quiet --collect --unit=${UNIT} --on-active=${seconds} --timer-property=AccuracySec=100ms \
  nft -f ${BACK} || exit
{ printf ${anew(tables)}; cat ${NEW}; } | nft -f - || {
  systemctl stop ${UNIT}.timer
  exit 1
}
digest > /run/mailrun/firewall-loaded`,
  ])
}

/** Keeps the rules that were loaded: the timer is stopped, if it has not brought back the others. */
export const keepRules = (tables: readonly string[]): Script =>
  lines([
    functions(tables),
    sh`now=$(digest) || exit
systemctl -q is-active ${UNIT}.timer && systemctl stop ${UNIT}.timer && ! systemctl -q is-active ${UNIT}.service &&
  [ "$now" = "$(cat ${LOADED})" ] || {
  echo 'it took too long: the host went back to the rules of before' >&2
  exit 1
}`,
  ])

/** Notes which text the rules are of, and has them loaded at boot. */
export const noteRules = (sha256: string, tables: readonly string[]): Script =>
  lines([
    keepDirectory(KEPT_DIRECTORY, { owner: 'root', group: 'root', mode: '0755' }),
    raw('[ $? = 0 ] || exit'),
    functions(tables),
    sh`now=$(digest) || exit
printf '%s %s\n' ${sha256} "$now" > /var/lib/mailrun/firewall &&
systemctl -q enable nftables.service`,
  ])
