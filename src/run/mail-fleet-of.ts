// A fleet's mail as its inventory says it and its hosts are: vars, keys and addresses, asked for with no change made.
import * as v from 'valibot'
import type { DnsVars } from '../dns/dns-vars.ts'
import type { Connect } from '../engine/connection.ts'
import { rollout } from '../engine/rollout.ts'
import type { RunOptions } from '../engine/run-options.ts'
import { mailFleet, type MailFleet, type MailKey, type MailMember } from '../mail/mail-fleet.ts'
import { covers, parseNetwork } from '../mail/network.ts'
import { selector } from '../mail/schemas.ts'
import { isSelector } from '../mail/names.ts'
import { finding, type RecordFinding } from '../mail/record-finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { playbook, type PlaybookHost, type PlaybookInput } from '../model/playbook.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult } from '../model/run-event.ts'
import type { ExtraVar } from '../playbook/extra-vars.ts'
import { prepare } from '../playbook/prepare.ts'
import { outgoingAddresses, type OutgoingAddresses } from '../probes/outgoing-addresses.ts'
import { dnsWish } from '../mail/rotation/dns-wish.ts'
import { selectorsIn, standingOf } from '../mail/rotation/history.ts'
import { dkimHistoryProbe, type KeyHistory } from '../probes/dkim-history.ts'
import { dkimKeysProbe, type DkimKeys } from '../probes/dkim-keys.ts'
import { signingProbe } from '../probes/signing.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { fleetVars } from './fleet-vars.ts'
import { oneDns } from './one-dns.ts'

/** Where hosts have their keys. */
export const KEYS = '/etc/dkimkeys'
/** Of a host, all that concerns its mail. */
export const mailHostVars = v.object({ ...fleetVars, dkim_selector: v.optional(selector) })
export type MailHostVars = v.InferOutput<typeof mailHostVars>

export interface MailHosts {
  readonly hosts: readonly PreparedHost[]
  readonly vars: ReadonlyMap<string, MailHostVars>
  /** One for all. */
  readonly dns: DnsVars
}

/** Whose vars say anything of mail's domains. */
export const concernedHosts = (inventory: Inventory): Inventory['hosts'] => inventory.hosts.filter(({ vars }) => ['domains', 'null_domains', 'mail_domains'].some((name) => vars.has(name)))

/** The hosts whose vars say anything of mail's domains. No host is touched. @throws MailrunError */
export async function mailHosts(inventory: Inventory, limit: string | undefined, extraVars: ReadonlyMap<string, ExtraVar>, keyring: Keyring): Promise<MailHosts> {
  const concerned = concernedHosts(inventory)
  if (concerned.length === 0 && !extraVars.has('domains')) throw new MailrunError('no host of the inventory has domains: set the var domains for those that send mail, such as in a group\'s vars')
  const vars = new Map<string, MailHostVars>()
  const questions = playbook({
    name: 'dns',
    hosts: 'all',
    vars: mailHostVars,
    tasks: () => [],
    outputs: (input) => {
      vars.set(input.host.name, input.vars)
      return questionsTo(input)
    },
  })
  const among = concerned.length === 0 ? inventory : onlyWith(inventory, concerned)
  const hosts = await prepare({ playbook: questions, playbookPath: 'dns', inventory: among, limit, extraVars, tags: [], skipTags: [], keyring })
  return { hosts, vars, dns: await oneDns(vars) }
}

/** Patterns then mean these hosts alone. */
export function onlyWith(inventory: Inventory, hosts: Inventory['hosts']): Inventory {
  const kept = new Set(hosts.map(({ name }) => name))
  const gone = new Set(inventory.hosts.flatMap(({ name }) => (kept.has(name) ? [] : [name])))
  const keep = (names: readonly string[]): readonly string[] => names.filter((name) => !gone.has(name))
  return { hosts, names: keep(inventory.names), groups: new Map([...inventory.groups].map(([name, group]) => [name, { ...group, hosts: keep(group.hosts), members: keep(group.members) }])) }
}

/** The selector of a host's first key. @throws MailrunError where its name gives none */
export function firstSelectorOf({ domains, dkim_selector: given }: Pick<MailHostVars, 'domains' | 'dkim_selector'>, host: PlaybookHost): string {
  const first = given ?? host.shortName.toLowerCase()
  if (domains.length > 0 && (!isSelector(first) || (given === undefined && first.includes('.')))) throw new MailrunError(`${host.name}: its name gives no DKIM selector: set dkim_selector`)
  return first
}

function questionsTo({ vars, host }: PlaybookInput<MailHostVars>): NonNullable<PreparedHost['outputs']> {
  return {
    ...keyQuestions({ vars, host }),
    ...(vars.outgoing_addresses === undefined ? { outgoing: outgoingAddresses } : {}),
  }
}

/** With which keys it signs for its domains, is to sign, and signed until lately. @throws MailrunError where its name gives no selector */
export function keyQuestions({ vars, host }: Pick<PlaybookInput<MailHostVars>, 'vars' | 'host'>): NonNullable<PreparedHost['outputs']> {
  const first = firstSelectorOf(vars, host)
  if (vars.domains.length === 0) return {}
  return {
    signing: signingProbe({ domains: vars.domains, selector: first, directory: KEYS }),
    // Those that come and go by a rotation.
    keys: dkimKeysProbe(KEYS, vars.domains),
    ...Object.fromEntries(vars.domains.map((name) => [historyOutput(name), dkimHistoryProbe(KEYS, name)])),
  }
}

/** What a signing probe's state is as JSON. */
interface ToldSigning {
  readonly domain: string
  readonly selector: string
  readonly path: string
  readonly key: { readonly kind: string; readonly publicKey?: string | null }
}

export interface AskedFleet {
  readonly fleet: MailFleet
  readonly findings: readonly RecordFinding[]
  /** Those that did not tell, with why: their keys are not among the records. */
  readonly silent: readonly HostResult[]
}

/** Asks every host once. @throws MailrunError where the records cannot be told */
export async function askMailFleet({ hosts, vars }: MailHosts, connect: Connect, { forks, interrupt, abandon }: Pick<RunOptions, 'forks' | 'interrupt' | 'abandon'>): Promise<AskedFleet> {
  const options: RunOptions = { playbook: 'dns', check: true, forks, serial: [], maxFail: undefined, interrupt, abandon }
  const { hosts: results } = await rollout(hosts, options, connect, () => {})
  const findings: RecordFinding[] = []
  const silent = results.filter(({ status }) => status !== 'ok')
  const heard = results.filter(({ status }) => status === 'ok')
  const members = heard.map(({ name, outputs }): MailMember => {
    const own = vars.get(name)!
    return { name, vars: own, addresses: own.outgoing_addresses ?? seenByOthers(name, outputs['outgoing'] as OutgoingAddresses | null), keys: wantedKeys(name, outputs, findings) }
  })
  return { fleet: mailFleet(members), findings, silent }
}

/** That DNS is to have of a host, of what it answered to {@link keyQuestions}. */
export const wantedKeys = (host: string, outputs: HostResult['outputs'], findings: RecordFinding[]): readonly MailKey[] => [...keysOf(host, (outputs['signing'] ?? []) as readonly ToldSigning[], findings), ...rotatingKeys(outputs)]

/** RFC 6890: what nobody outside sees. */
const INSIDE = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '::/96', 'fc00::/7', 'fe80::/10'].map((text) => parseNetwork(text)!)

export const isInside = (address: string): boolean => INSIDE.some((network) => covers(network, parseNetwork(address)!))

function seenByOthers(name: string, told: OutgoingAddresses | null): readonly string[] {
  const set = 'set outgoing_addresses to the addresses that others see its mail come from'
  if (told === null) throw new MailrunError(`${name} does not tell the addresses that its mail leaves from: ${set}`)
  if (told.relayhost !== '') throw new MailrunError(`${name} hands its mail to ${told.relayhost} (relayhost), which others see it come from: ${set}`)
  const inside = told.addresses.find(isInside)
  if (inside !== undefined) throw new MailrunError(`${name} sends from ${inside}, which is not its address outside: ${set}`)
  if (told.addresses.length === 0) throw new MailrunError(`${name} has no route to the world: ${set}`)
  return told.addresses
}

function keysOf(host: string, told: readonly ToldSigning[], findings: RecordFinding[]): readonly MailKey[] {
  return told.flatMap(({ domain: name, selector: label, path, key }) => {
    if (typeof key.publicKey === 'string') return [{ domain: name, selector: label, publicKey: key.publicKey }]
    if (key.kind === 'absent') findings.push(finding('dkim-no-key', 'warning', `${host} has no key for ${name} yet`, 'run playbooks/dkim.ts, then plan again'))
    else findings.push(finding('dkim-unreadable-key', 'error', `${host} has a key for ${name} whose public half cannot be told (${path}${key.kind === 'symlink' ? ' is a link' : key.kind === 'key' ? ': openssl is not installed' : ' is no private key'})`, 'mend it on the host, then plan again'))
    return []
  })
}

/** Under which a domain's history is among the outputs. */
export const historyOutput = (name: string): string => `history ${name}`

/** Keys that are to sign, that signed until lately, and that are revoked: what `mailrun rotate` wants of DNS beside the keys in use. */
function rotatingKeys(outputs: HostResult['outputs']): readonly MailKey[] {
  const { keys } = (outputs['keys'] ?? { keys: [] }) as DkimKeys
  return ((outputs['signing'] ?? []) as readonly ToldSigning[]).flatMap(({ domain: name, selector: inUse }) => {
    const { marks = [] } = (outputs[historyOutput(name)] ?? {}) as Partial<KeyHistory>
    return selectorsIn(marks).filter((each) => each !== inUse).flatMap((each): readonly MailKey[] => {
      const standing = standingOf(marks, each)
      const wish = dnsWish(standing, false)
      const publicKey = wish === 'revoked' ? '' : keys.find((key) => key.domain === name && key.selector === each && (standing.path === undefined || standing.path === key.path))?.publicKey
      return wish === 'gone' || typeof publicKey !== 'string' ? [] : [{ domain: name, selector: each, publicKey }]
    })
  })
}
