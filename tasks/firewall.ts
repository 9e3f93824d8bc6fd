// Task: the rules of the packet filter, with a way back.
import { createHash } from 'node:crypto'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import {
  checkingRules,
  keepRules,
  loadRules,
  noteRules,
  rulesetProbe,
  type RulesetState,
} from '../src/resources/firewall/ruleset.ts'
import { tablesIn, whyUnclear } from '../src/resources/firewall/tables.ts'
import { required, seconds, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, type Plan } from '../src/core/task/plan.ts'

export interface FirewallArgs {
  /**
   * The whole of `/etc/nftables.conf`, for nft(8). Begin it with `flush ruleset` where no other program has tables on
   * the host: without it, the tables that it names are made anew, and others stay.
   */
  readonly rules: string
  /**
   * So long after they were loaded the host goes back to the rules of before, unless mailrun gets in again; left out:
   * 60.
   */
  readonly revertAfterSeconds?: number
}

export interface FirewallState extends RulesetState {
  readonly file: PathState
}

/**
 * nftables, now and at boot. New rules are proved before they are kept: nft(8) checks them; a timer on the host is set
 * that brings the former rules back; they are loaded; and mailrun connects to the host once more. Only over that new
 * connection is the timer stopped, and the file put in place. Where no connection is made, or mailrun itself is gone,
 * the host goes back by itself. Counters, and elements that come and go in sets, count for nothing.
 *
 * @ansible none (template and handlers)
 */
export const firewall = defineTask<FirewallArgs, FirewallState>({
  type: 'firewall',
  name: () => FILE,
  arguments: {
    rules: required(text),
    revertAfterSeconds: seconds,
  },
  check: ({ rules, revertAfterSeconds: after = SECONDS }) =>
    (rules.includes('\0') ? 'rules cannot hold a NUL character' : undefined) ??
    (rules.endsWith('\n') ? undefined : 'rules must end with a line feed') ??
    whyUnclear(rules) ??
    (Number.isInteger(after) && after >= LEAST_SECONDS && after <= 3600
      ? undefined
      : `revertAfterSeconds must be a whole number from ${LEAST_SECONDS} to 3600, got ${after}`),
  probe: ({ rules }) =>
    joinProbes<RulesetState, PathState, FirewallState>(
      rulesetProbe(sha256Of(rules), tablesIn(rules)),
      [pathProbe({ path: FILE, wanted: 'shown' })],
      (ruleset, [file]) => ({ ...ruleset, file: file! }),
      ({ file, ...ruleset }) => [ruleset, [file]],
    ),
  plan,
  writes: () => [`path:${FILE}`, 'firewall:', 'unit:nftables.service'],
  owns: () => [`content:${FILE}`, 'firewall:'],
  examples: [
    {
      title: 'What a mail host takes',
      beside: 'network',
      args: {
        rules: `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport { 22, 25, 465, 587, 993 } counter accept comment "it's \\$HOME"
  }
}
`,
      },
      given: exampleHost(),
    },
    {
      title: 'A table beside those of other programs',
      beside: 'network',
      args: {
        rules: `table ip mail-limits {
  set seen { type ipv4_addr; flags dynamic,timeout; timeout 1m; }
  chain input {
    type filter hook input priority 10;
    tcp dport 25 ct state new add @seen { ip saddr limit rate over 60/minute } drop
  }
}
`,
        revertAfterSeconds: 30,
      },
      given: `${exampleHost()}
nft flush ruleset
nft add table inet others
nft add table ip mail-limits
rm -f /etc/nftables.conf`,
    },
  ],
})

function exampleHost(): string {
  return `
command -v nft >/dev/null || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install nftables >/dev/null 2>&1
}`
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

const FILE = '/etc/nftables.conf'
const SECONDS = 60
/** A new connection takes a while; half of the time is for it. */
const LEAST_SECONDS = 10

function plan({ rules, revertAfterSeconds = SECONDS }: FirewallArgs, now: FirewallState): Plan<FirewallState> {
  if (!now.installed) return blocked('there is no nft on the host: install nftables with apt')
  const sha256 = sha256Of(rules)
  const tables = tablesIn(rules)
  const root = { owner: 'root', group: 'root', mode: '0755', wanted: 'shown', secret: false } as const
  const validate = checkingRules(tables)
  const file = putContent({ path: FILE, content: Buffer.from(rules), validate, ...root }, now.file)
  if (file.kind === 'blocked') return file
  const isRunning = now.running === sha256 && !now.armed
  if (!isRunning && now.unloadable !== undefined)
    return blocked(
      `the ${now.armed ? 'former' : 'present'} rules cannot be brought back: ${now.unloadable}: ` +
        'remove those that nft does not load, or write them for nft',
    )
  const proof: readonly Change[] = [
    {
      summary: `load, with a way back in ${revertAfterSeconds} s`,
      apply: loadRules(rules, tables, revertAfterSeconds),
    },
    {
      summary: 'keep, over a new connection',
      apply: keepRules(tables),
      reconnect: {
        withinSeconds: Math.floor(revertAfterSeconds / 2),
        otherwise: `the host goes back to its former rules by itself, ${revertAfterSeconds} s after these were loaded`,
      },
    },
  ]
  const note = { summary: now.enabled ? 'note them' : 'load them at boot', apply: noteRules(sha256, tables) }
  return change(
    [
      ...(isRunning ? [] : proof),
      ...(file.kind === 'change' ? file.changes.map((each) => ({ ...each, summary: `file: ${each.summary}` })) : []),
      ...(isRunning && now.enabled ? [] : [note]),
    ],
    {
      installed: true,
      running: sha256,
      armed: false,
      enabled: true,
      unloadable: undefined,
      file: file.kind === 'change' ? file.then : now.file,
    },
  )
}
