// The hosts whose keys are rotated, with what the inventory says of them; and what they are asked.
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { dnsVar, type DnsVars } from '../../dns/dns-vars.ts'
import { probeTemplate } from '../../mail/probe-message.ts'
import { rotationSettings, rotationVar, type RotationSettings } from '../../mail/rotation/settings.ts'
import { domain, selector } from '../../mail/schemas.ts'
import { mailVars } from '../../mail/mail-vars.ts'
import type { Inventory } from '../../model/inventory.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { playbook } from '../../model/playbook.ts'
import type { PreparedHost } from '../../model/prepared-host.ts'
import type { ExtraVar } from '../../playbook/extra-vars.ts'
import { prepare } from '../../playbook/prepare.ts'
import { dkimHistoryProbe } from '../../probes/dkim-history.ts'
import { dkimKeysProbe } from '../../probes/dkim-keys.ts'
import { mailQueue } from '../../probes/mail-queue.ts'
import { milterSigning } from '../../probes/milter-sign.ts'
import { signingProbe } from '../../probes/signing.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import type { ProbedMessage } from '../../verify/signing.ts'
import { firstSelectorOf, KEYS, onlyWith } from '../mail-fleet-of.ts'
import { historyOutput } from '../mail-member.ts'
import { oneDns } from '../one-dns.ts'

export interface RotationMember {
  readonly name: string
  readonly domains: readonly string[]
  /** Of its first key. */
  readonly first: string
  readonly settings: RotationSettings
  /** Of records, in seconds. */
  readonly ttl: number
}

export interface RotationMembers {
  /** Ready to be asked; their outputs are what `ask-hosts` reads. */
  readonly hosts: readonly PreparedHost[]
  readonly members: ReadonlyMap<string, RotationMember>
  /** The message that milters are asked to sign. */
  readonly message: ProbedMessage
  readonly dns: DnsVars
}

const { dns_ttl } = mailVars
const schema = v.object({ domains: v.optional(v.array(domain, 'a list of domains is wanted'), []), dkim_selector: v.optional(selector), dkim_rotation: v.optional(rotationVar, {}), dns: v.optional(dnsVar, {}), dns_ttl })
const TTL = 3600

/** No host is touched. @throws MailrunError */
export async function rotationMembers(inventory: Inventory, limit: string | undefined, extraVars: ReadonlyMap<string, ExtraVar>, keyring: Keyring): Promise<RotationMembers> {
  const concerned = inventory.hosts.filter(({ vars }) => vars.has('domains'))
  if (concerned.length === 0 && !extraVars.has('domains')) throw new MailrunError("no host of the inventory has domains: set the var domains for those that sign mail, such as in a group's vars")
  const members = new Map<string, RotationMember>()
  const dns = new Map<string, { readonly dns: DnsVars }>()
  const message: ProbedMessage = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const questions = playbook({
    name: 'rotate',
    hosts: 'all',
    vars: schema,
    tasks: () => [],
    outputs: ({ vars, host }) => {
      const first = firstSelectorOf(vars, host)
      members.set(host.name, { name: host.name, domains: vars.domains, first, settings: rotationSettings(vars.dkim_rotation), ttl: vars.dns_ttl ?? TTL })
      dns.set(host.name, vars)
      return {
        signing: signingProbe({ domains: vars.domains, selector: first, directory: KEYS }),
        keys: dkimKeysProbe(KEYS, vars.domains),
        queue: mailQueue,
        milters: milterSigning({ domains: vars.domains, own: false, bounces: false, ...message }),
        ...Object.fromEntries(vars.domains.map((name) => [historyOutput(name), dkimHistoryProbe(KEYS, name)])),
      }
    },
  })
  const among = concerned.length === 0 ? inventory : onlyWith(inventory, concerned)
  const hosts = await prepare({ playbook: questions, playbookPath: 'mailrun rotate', inventory: among, limit, extraVars, tags: [], skipTags: [], keyring })
  return { hosts: hosts.filter(({ host }) => members.get(host.name)!.domains.length > 0), members, message, dns: await oneDns(dns) }
}
