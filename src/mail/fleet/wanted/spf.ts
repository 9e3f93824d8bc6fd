// The SPF records (RFC 7208) of domains and of hosts' own names, each merged into the published one.
import { MailrunError } from '../../../core/mailrun-error.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { MailDomain, MailFleet } from '../mail-fleet.ts'
import { fleetFinding } from '../findings.ts'
import { lintSpfStrangers } from '../../records/spf/lint.ts'
import { mergeSpf, type SpfSenders } from '../../records/spf/merge.ts'
import { parseSpf } from '../../records/spf/parse.ts'
import { isSpf, renderSpf, type SpfRecord } from '../../records/spf/record.ts'
import { txt, type Part, type Working } from './working.ts'

export function spfPart({ domain, spf }: MailDomain, working: Working): Part {
  const { fleet } = working
  const hosts = fleet.hosts.filter((host) => host.domains.includes(domain) || host.helo === domain)
  const mute = hosts.find(({ addresses }) => addresses.length === 0)
  if (mute !== undefined)
    throw new MailrunError(
      `${mute.name} sends for ${domain}, and no address of it is known that others see: set outgoing_addresses`,
    )
  const networks = [...hosts.flatMap(({ addresses }) => addresses), ...spf.networks]
  if (networks.length + spf.includes.length + spf.mechanisms.length === 0)
    throw new MailrunError(
      `nobody sends for ${domain}: name a host, spf.networks or spf.includes, or put it into null_domains`,
    )
  const why = [
    ...hosts.map(({ name }) => `${name} sends for ${domain}`),
    ...spf.networks.map((each) => `${each} sends for ${domain}`),
    ...[...spf.mechanisms, ...spf.includes].map((each) => `${each} sends for ${domain}`),
  ]
  return txt('spf', domain, domain, mergedSpf(domain, { ...spf, networks }, working), why)
}

/** @throws MailrunError where what is published cannot be kept beside what is to be there: for its owner to correct. */
function mergedSpf(name: string, senders: SpfSenders, { published, findings }: Working): string {
  const there = published(name).filter(isSpf)
  if (there.length > 1)
    throw new MailrunError(
      `${name} has ${there.length} SPF records, and verifiers then use none: ` +
        'which of their terms are still wanted is for you to say. Leave one, then plan again',
    )
  const existing = there.length === 0 ? undefined : readSpf(name, there[0]!)
  try {
    const { record, notes } = mergeSpf(existing, senders)
    findings.push(
      ...notes.map((note) => fleetFinding('spf-merge', `${name}: ${note}`)),
      ...lintSpfStrangers(record, senders.networks).map((each) => ({ ...each, message: `${name}: ${each.message}` })),
    )
    return renderSpf(record)
  } catch (error) {
    throw error instanceof MailrunError ? new MailrunError(`${name}: ${error.message}`) : error
  }
}

/** Characters of a published record that a message shows. */
const SHOWN = 300

/** @throws MailrunError that tells the record as it is published. */
function readSpf(name: string, text: Untrusted): SpfRecord {
  try {
    return parseSpf(text)
  } catch (error) {
    if (!(error instanceof MailrunError)) throw error
    const shown = JSON.stringify(text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`)
    throw new MailrunError(
      `${name} TXT ${shown} is published, and cannot be read: ${error.message}. Verifiers take that for an error ` +
        '(permerror): correct or delete the record, then plan again',
    )
  }
}

/** A host's own name is what SPF looks at for bounces, which have no sender (RFC 7208, section 2.4). */
export function ofHelo(working: Working): readonly Part[] {
  const { fleet, attempt } = working
  const names = [
    ...new Set(
      fleet.hosts.flatMap(({ helo, ownName, domains }) =>
        [helo ?? [], domains.length === 0 ? [] : (ownName ?? [])].flat(),
      ),
    ),
  ].filter((name) => !fleet.domains.some(({ domain, sends }) => domain === name && sends))
  return names.flatMap((name) =>
    attempt({ domain: name, name, type: 'TXT', purpose: 'spf-helo' }, () => {
      const hosts = fleet.hosts.filter(
        ({ helo, ownName, addresses }) => (helo === name || ownName === name) && addresses.length > 0,
      )
      refuseSilentHelo(name, hosts[0], fleet)
      return hosts.length === 0 ? [] : [heloPart(name, hosts, working)]
    }),
  )
}

/** @throws MailrunError where the name is a domain that does not send. */
function refuseSilentHelo(name: string, host: MailFleet['hosts'][number] | undefined, { domains }: MailFleet): void {
  if (!domains.some(({ domain }) => domain === name)) return
  const [use, setting] = host?.helo === name ? ['greets others as', 'helo_name'] : ['is called', 'fqdn']
  throw new MailrunError(
    `${host?.name ?? name} ${use} ${name}, which is a domain that does not send: ` +
      `give it another ${setting}, or let ${name} send`,
  )
}

function heloPart(name: string, hosts: MailFleet['hosts'], working: Working): Part {
  const networks = hosts.flatMap(({ addresses }) => addresses)
  const why = hosts.map((host) =>
    host.helo === name ? `${host.name} greets others as ${name}` : `mail of ${host.name} itself comes from ${name}`,
  )
  return txt('spf-helo', name, name, mergedSpf(name, { networks, includes: [], all: '-all' }, working), why)
}
