// The mail fleet during a run: the vars of all hosts, and the answers of the run's hosts so far.
import type { MailFleet } from '../../mail/fleet/mail-fleet.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import { withoutRivals } from '../../mail/fleet/rival-keys.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult } from '../../core/run-event.ts'
import { ownSelectors } from '../mail-fleet/given-selectors.ts'
import type { MailHosts } from '../mail-fleet/mail-fleet-of.ts'
import { addressesOf, keysOf } from '../mail-fleet/mail-member.ts'
import { agreedFleet, leftAloneFindings } from '../mail-fleet/left-alone.ts'
import { namesOf, withoutMute } from '../mail-fleet/mute-hosts.ts'

type Outputs = Readonly<Record<string, unknown>>

/** Prefix of the questions that are added to a run. Their answers are in no report. */
const ASIDE = 'mail fleet: '

/**
 * The hosts of a run, with the questions on whose answers the records depend.
 * @param check - the run changes nothing, so the addresses are those of the present main.cf
 */
export const withQuestions = (
  hosts: readonly PreparedHost[],
  members: MailHosts,
  check: boolean,
): readonly PreparedHost[] =>
  hosts.map((prepared) => {
    const questions = members.hosts.find(({ host }) => host.name === prepared.host.name)?.outputs ?? {}
    const asked = Object.entries(questions).map(([name, probe]) => {
      const asIs = check && name === 'outgoing'
      return [ASIDE + name, asIs ? { ...probe, reads: [] } : probe] as const
    })
    return { ...prepared, outputs: { ...prepared.outputs, ...Object.fromEntries(asked) } }
  })

export const withoutAnswers = (result: HostResult): HostResult => ({
  ...result,
  outputs: Object.fromEntries(Object.entries(result.outputs).filter(([name]) => !name.startsWith(ASIDE))),
})

const answersIn = ({ outputs }: HostResult): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      name.startsWith(ASIDE) ? [[name.slice(ASIDE.length), value]] : [],
    ),
  )

export interface RunFleet {
  readonly fleet: MailFleet
  readonly findings: readonly Finding[]
  /** By domain: other hosts that send for it and whose addresses are not known. */
  readonly unknown: ReadonlyMap<string, string>
}

/**
 * @param toCome - the run would make the missing keys
 * @throws MailrunError where the vars of hosts contradict each other
 */
export function runFleet(
  { vars, dns, given = [] }: MailHosts,
  results: readonly HostResult[],
  toCome: boolean,
): RunFleet {
  const findings: Finding[] = []
  const mute = new Map<string, string>()
  const reported = new Map(results.map((result) => [result.name, answersIn(result)]))
  const all = [...vars].map(([name, own]) => {
    const outputs = reported.get(name) ?? {}
    const addresses = addressesOf(own, outputs)
    const heard = 'outgoing' in outputs
    if (typeof addresses === 'string') {
      if (heard) findings.push(fleetFinding('spf-sender-unknown', `${name} ${addresses}`, { remedy: 'then run again' }))
      mute.set(name, `${name} ${heard ? addresses : NOT_ASKED}`)
    }
    const keys = keysOf({ name, own: ownSelectors(name, own, given) }, outputs, findings, toCome)
    return { name, vars: own, addresses: typeof addresses === 'string' ? [] : addresses, keys }
  })
  const { members, findings: rivals } = withoutRivals(all)
  const { fleet: whole, leftAlone } = agreedFleet(members, dns)
  const { fleet, unknown } = withoutMute(whole, mute)
  const known = new Set(whole.hosts.filter(({ name }) => !mute.has(name)).flatMap(namesOf))
  return {
    fleet: { ...fleet, incomplete: [...unknown.keys()].filter((domain) => !known.has(domain)) },
    findings: [...leftAloneFindings(leftAlone), ...findings, ...rivals],
    unknown,
  }
}

/** The text follows a host's name. */
const NOT_ASKED =
  'sends for it, too, and was not asked for its addresses in this run: ' +
  'set outgoing_addresses, or run for all hosts'

/** Why the policy of a domain waits: as far as this run knows, not all hosts that send for it sign for it. */
export function policyWaits(domain: string, { vars }: MailHosts, results: readonly HostResult[]): string | undefined {
  const senders = [...vars].filter(
    ([, { domains, mail_domains: own }]) => domains.includes(domain) && own?.[domain]?.sends !== false,
  )
  const reasons = senders.flatMap(([name]) => {
    const status = results.find((each) => each.name === name)?.status
    if (status === undefined) return [`${name} is not among the hosts of this run`]
    if (status === 'ok' || status === 'changed' || status === 'would-change') return []
    return [status === 'held' ? `${name} holds something back` : `${name} is ${status}`]
  })
  return reasons.length === 0
    ? undefined
    : `a policy is published when every host that sends for ${domain} signs, and ${reasons.join(', ')}`
}
