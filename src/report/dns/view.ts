// What every format of `mailrun dns` shows: the plan, and what is missing in it.
import type { DnsPlan } from '../../dns/plan/plan-dns.ts'
import type { Finding } from '../../findings/finding.ts'
import type { HostResult } from '../../core/run-event.ts'
import type { Out } from '../screen.ts'
import { said, saidInLines, term, type TerminalText } from '../write/terminal.ts'
import { dnsPlanJson } from './json.ts'

export interface DnsView {
  readonly plan: DnsPlan
  /** Hosts that were asked and did not tell. */
  readonly silent: readonly HostResult[]
  /** What is not among the records, for hosts did not tell: in words. */
  readonly unseen: readonly string[]
}

/** As docs/dns.schema.json describes it. */
export const dnsViewJson = ({ plan, silent, unseen }: DnsView) => ({
  ...dnsPlanJson(plan),
  silent: silent.map(({ name, status, error }) => ({ name, status, error: error ?? '' })),
  unseen,
})

export function tellSilent({ silent }: DnsView, notes: Out<TerminalText>): void {
  for (const { name, status, error = '' } of silent) {
    const who = said(`${name} is ${status}`)
    notes.write(term`mailrun: ${who}, so its keys are not among the records: ${saidInLines(error)}\n`)
  }
}

/** Beside a format that has no place for them. */
export function tellFindings(findings: readonly Finding[], notes: Out<TerminalText>): void {
  for (const { id, severity, message, remedy } of findings)
    notes.write(term`mailrun: ${said(`${severity} ${id}: ${message}; ${remedy}`)}\n`)
}
