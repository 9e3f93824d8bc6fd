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

/** Prints a digest of the tables, without counters and the elements of sets: those come and go. */
const digestOf = (tables: readonly string[]): Script =>
  lines([
    raw('{'),
    ...tables.map((table) => sh`nft -s -t list table ${table.split(' ')} 2>/dev/null || echo none`),
    raw(`:
} | sha256sum | cut -c 1-64`),
  ])

export const rulesetProbe = (tables: readonly string[]): Probe<RulesetState> =>
  defineProbe<RulesetState>({
    key: `ruleset ${JSON.stringify(tables)}`,
    reads: ['package:nftables', 'unit:nftables.service', 'firewall:'],
    script: lines([
      raw(`if command -v nft >/dev/null; then
  echo yes`),
      digestOf(tables),
      sh`else
  echo no
  echo none
fi
head -c 200 ${KEPT} 2>/dev/null | head -n 1 | grep . || echo none
systemctl -q is-active ${UNIT}.timer ${UNIT}.service && echo yes || echo no
systemctl -q is-enabled nftables.service 2>/dev/null && echo yes || echo no`,
      raw(END),
    ]),
    parse(answer) {
      const text = utf8(whole(answer, 'the packet filter cannot be asked for'))
      const [installed, now, kept, armed, enabled] = text.split('\n')
      if (kept === undefined || enabled === undefined)
        throw new ProbeError(`the packet filter cannot be asked for: ${utf8(answer.stderr).trim()}`)
      const [running, then] = kept.split(' ')
      return {
        installed: installed === 'yes',
        running: then === now && /^[0-9a-f]{64}$/.test(running ?? '') ? running : undefined,
        armed: armed === 'yes',
        enabled: enabled === 'yes',
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
    validate: ['nft', '-c', '-f', '%s'],
    backup: undefined,
    madeOf: undefined,
  })
  const anew = tables.map(
    (table) => sh`printf 'table %s %s {}\ndelete table %s %s\n' ${[...table.split(' '), ...table.split(' ')]}`,
  )
  return lines([
    keepDirectory('/run/mailrun', { owner: 'root', group: 'root', mode: '0700' }),
    raw('[ $? = 0 ] || exit'),
    put,
    // What a run that was killed has loaded goes first: nobody has proved it.
    sh`[ $? = 0 ] || exit
if systemctl -q is-active ${UNIT}.timer; then
  nft -f ${BACK} || exit
  systemctl stop ${UNIT}.timer
fi
{ echo 'flush ruleset'; nft list ruleset; } > /run/mailrun/firewall-back || exit
systemd-run --quiet --collect --unit=${UNIT} --on-active=${seconds} --timer-property=AccuracySec=100ms \
  nft -f ${BACK} || exit
{`,
    ...anew,
    sh`cat ${NEW}
} | nft -f - || {
  systemctl stop ${UNIT}.timer
  exit 1
}`,
    sh`${digestOf(tables)} > /run/mailrun/firewall-loaded`,
  ])
}

/** Keeps the rules that were loaded: the timer is stopped, if it has not brought back the others. */
export const keepRules = (tables: readonly string[]): Script =>
  lines([
    raw('now=$('),
    digestOf(tables),
    sh`)
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
    raw('now=$('),
    digestOf(tables),
    sh`)
printf '%s %s\n' ${sha256} "$now" > /var/lib/mailrun/firewall &&
systemctl -q enable nftables.service`,
  ])
