// Computes the mail of a fleet from the vars of the inventory, and from the keys and addresses that hosts answer. Hosts
// are only asked.
import * as v from 'valibot'
import type { Connect } from '../../engine/session/connection.ts'
import { askOnly, type RunBounds } from '../../engine/ask-only.ts'
import { settledFleet, type MailFleet, type MailMember } from '../../mail/fleet/mail-fleet.ts'
import { selector, selectorList } from '../../mail/fleet/schemas.ts'
import { withoutRivals } from '../../mail/fleet/rival-keys.ts'
import { isSelector } from '../../mail/names/names.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { PlaybookHost, PlaybookInput } from '../../core/fleet/playbook.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult } from '../../core/run-event.ts'
import { outgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import { dkimHistoryProbe } from '../../signers/keys/dkim-history.ts'
import { hostSigner } from '../../signers/signers.ts'
import { fleetVars } from './fleet-vars.ts'
import { givenSelectors, ownSelectors, type GivenSelectors } from './given-selectors.ts'
import { nameList } from '../../report/write/name-list.ts'
import { agreedFleet, leftAloneFindings } from './left-alone.ts'
import { addressesOf, historyOutput, keysOf } from './mail-member.ts'
import { withoutMute } from './mute-hosts.ts'
import { fleetDns, type FleetDns } from './each-dns.ts'
import { questionHosts, type HostSelection, type QuestionedHosts } from '../fleet/question-hosts.ts'

/** All vars of a host that concern its mail. */
export const mailHostVars = v.object({
  ...fleetVars,
  dkim_selector: v.optional(selector),
  dkim_selectors: v.optional(selectorList),
})
export type MailHostVars = v.InferOutput<typeof mailHostVars>

export interface MailHosts extends QuestionedHosts<MailHostVars> {
  readonly dns: FleetDns
  /** The selectors that the inventory gives to its hosts. Absent: no selector belongs to another host. */
  readonly given?: readonly GivenSelectors[]
}

/** The hosts whose vars name mail domains. */
export const concernedHosts = (inventory: Inventory): Inventory['hosts'] =>
  inventory.hosts.filter(({ vars }) => ['domains', 'null_domains', 'mail_domains'].some((name) => vars.has(name)))

/** The hosts whose vars name mail domains, ready to be asked. No host is touched. @throws MailrunError */
export async function mailHosts({ inventory, ...selection }: HostSelection): Promise<MailHosts> {
  const concerned = concernedHosts(inventory)
  if (concerned.length === 0 && !selection.extraVars.has('domains')) {
    throw new MailrunError(
      "no host of the inventory has domains: set the var domains for those that send mail, such as in a group's vars",
    )
  }
  const among = concerned.length === 0 ? inventory : onlyWith(inventory, concerned)
  const asked = await questionHosts('dns', mailHostVars, { inventory: among, ...selection }, questionsTo)
  // Vars that must be the same for a domain are checked before any host is asked.
  settledFleet([...asked.vars].map(([name, vars]) => ({ name, vars, addresses: [], keys: [] })))
  return { ...asked, dns: await fleetDns(asked.vars), given: givenSelectors(inventory.hosts) }
}

/** The inventory with only these hosts: patterns then match only them. */
export function onlyWith(inventory: Inventory, hosts: Inventory['hosts']): Inventory {
  const kept = new Set(hosts.map(({ name }) => name))
  const gone = new Set(inventory.hosts.flatMap(({ name }) => (kept.has(name) ? [] : [name])))
  const keep = (names: readonly string[]): readonly string[] => names.filter((name) => !gone.has(name))
  return {
    hosts,
    names: keep(inventory.names),
    groups: new Map(
      [...inventory.groups].map(([name, group]) => [
        name,
        { ...group, hosts: keep(group.hosts), members: keep(group.members) },
      ]),
    ),
  }
}

/** The selector of a host's first key. @throws MailrunError if the host's name is no valid selector */
export function firstSelectorOf(
  { domains, dkim_selector: given }: Pick<MailHostVars, 'domains' | 'dkim_selector'>,
  host: PlaybookHost,
): string {
  const first = given ?? host.shortName.toLowerCase()
  const isOne = isSelector(first) && (given !== undefined || !/[._]/.test(first))
  if (domains.length > 0 && !isOne)
    throw new MailrunError(`${host.name}: its name gives no DKIM selector: set dkim_selector`)
  return first
}

function questionsTo({ vars, host }: PlaybookInput<MailHostVars>): NonNullable<PreparedHost['outputs']> {
  return {
    ...keyQuestions({ vars, host }),
    ...(vars.outgoing_addresses === undefined ? { outgoing: outgoingAddresses } : {}),
  }
}

/**
 * Questions about the keys with which a host signs for its domains, will sign, or signed until recently.
 * @throws MailrunError if the host's name is no valid selector
 */
export function keyQuestions({
  vars,
  host,
}: Pick<PlaybookInput<MailHostVars>, 'vars' | 'host'>): NonNullable<PreparedHost['outputs']> {
  const first = firstSelectorOf(vars, host)
  if (vars.domains.length === 0) return {}
  const signer = hostSigner(vars)
  const { keyDirectory: directory } = signer
  return {
    signing: signer.signing({ domains: vars.domains, selector: first, directory }),
    // Those that come and go by a rotation.
    keys: signer.keys(directory, vars.domains),
    ...Object.fromEntries(vars.domains.map((name) => [historyOutput(name), dkimHistoryProbe(directory, name)])),
  }
}

export interface AskedFleet {
  readonly fleet: MailFleet
  readonly findings: readonly Finding[]
  /** Hosts that did not answer, and why: the records do not have their keys. */
  readonly silent: readonly HostResult[]
  /** What is missing among the records because hosts did not answer, in words. */
  readonly unseen: readonly string[]
}

/**
 * Asks every host once. If the addresses of a host cannot be found out, the SPF records of its domains are left alone.
 * If a host does not answer, its keys are unknown, too; the records then have only what the inventory says.
 *
 * @throws MailrunError if the inventory contradicts itself
 */
export async function askMailFleet(
  { hosts, vars, dns, given = [] }: MailHosts,
  connect: Connect,
  bounds: RunBounds,
): Promise<AskedFleet> {
  const { hosts: results } = await askOnly('dns', hosts, connect, bounds)
  const findings: Finding[] = []
  const silent = results.filter(({ status }) => status !== 'ok')
  const mute = new Map<string, string>()
  const reported = results.map((result): MailMember => {
    const { name, status, outputs } = result
    const own = vars.get(name)!
    const isSilent = status !== 'ok'
    const addresses = isSilent
      ? (own.outgoing_addresses ?? `is ${status}, so the addresses that its mail leaves from are not known`)
      : addressesOf(own, outputs)
    const keys = isSilent ? [] : keysOf({ name, own: ownSelectors(name, own, given) }, outputs, findings, false)
    if (typeof addresses !== 'string') return { name, vars: own, addresses, keys }
    if (!isSilent)
      findings.push(fleetFinding('spf-sender-unknown', `${name} ${addresses}`, { remedy: 'then plan again' }))
    mute.set(name, `${name} ${addresses}`)
    return { name, vars: own, addresses: [], keys }
  })
  const { members, findings: rivals } = withoutRivals(reported)
  const { fleet: whole, leftAlone } = agreedFleet(members, dns)
  const { fleet, unknown } = withoutMute(whole, mute)
  return {
    fleet: { ...fleet, incomplete: [...unknown.keys()] },
    findings: [...leftAloneFindings(leftAlone), ...findings, ...rivals],
    silent,
    unseen: [...unseenKeys(silent, whole), ...unseenSpf(unknown)],
  }
}

/** The keys of hosts that did not answer, in words. */
const unseenKeys = (silent: readonly HostResult[], { hosts }: MailFleet): readonly string[] => {
  const names = new Set(silent.map(({ name }) => name))
  return hosts.flatMap(({ name, domains }) =>
    names.has(name) && domains.length > 0 ? [`keys of ${name} for ${nameList(domains)}`] : [],
  )
}

/** The SPF records for which a sender is not known, in words. */
const unseenSpf = (unknown: ReadonlyMap<string, string>): readonly string[] =>
  [...unknown.keys()].map((name) => `SPF of ${name}`)
