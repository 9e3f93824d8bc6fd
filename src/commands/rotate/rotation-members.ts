// The hosts whose keys are rotated: their vars, and the questions to them.
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { dnsVar } from '../../dns/dns-vars.ts'
import type { KeepArgs } from '../../signers/keep-args.ts'
import type { Signer } from '../../signers/signer.ts'
import { hostSigner, signerVars } from '../../signers/signers.ts'
import { probeTemplate } from '../../mail/messages/probe-message.ts'
import { rotationSettings, rotationVar, type RotationSettings } from '../../mail/rotation/settings.ts'
import type { OwnSelectors } from '../../mail/fleet/own-selectors.ts'
import { mailDomain, nameKey } from '../../mail/names/names.ts'
import { domain, selector, selectorList, senders } from '../../mail/fleet/schemas.ts'
import { mailVars } from '../../mail/fleet/mail-vars.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import { mailQueue } from '../../resources/postfix/mail-queue.ts'
import { milterSigning } from '../../signers/milter-sign.ts'
import type { ProbedMessage } from '../../verify/signing.ts'
import { givenSelectors, ownSelectors } from '../mail-fleet/given-selectors.ts'
import { firstSelectorOf, keyQuestions, onlyWith } from '../mail-fleet/mail-fleet-of.ts'
import { fleetDns, type FleetDns } from '../mail-fleet/each-dns.ts'
import { questionHosts, type HostSelection } from '../fleet/question-hosts.ts'
import { SIGNER_ROTATIONS } from './signer-rotations.ts'

export interface RotationMember {
  readonly name: string
  readonly domains: readonly string[]
  /** That signs there. */
  readonly signer: Signer
  /** That it speaks for. */
  readonly own: OwnSelectors
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
  readonly dns: FleetDns
}

const { dns_ttl } = mailVars
const schema = v.object({
  domains: v.optional(v.array(domain, 'a list of domains is wanted'), []),
  dkim_selector: v.optional(selector),
  dkim_selectors: v.optional(selectorList),
  dkim_rotation: v.optional(rotationVar, {}),
  fqdn: v.optional(domain),
  sign_host_name: v.optional(v.boolean('true or false is wanted'), true),
  drop_signing: v.optional(v.array(senders), []),
  dns: v.optional(dnsVar, {}),
  dns_ttl,
  ...signerVars,
})
const TTL = 3600

/** As playbooks/dkim.ts has it. */
function ownName(name: string | undefined, signs: boolean): Pick<KeepArgs, 'hostName' | 'unsignedName'> {
  if (name === undefined) return {}
  return signs ? { hostName: name } : { unsignedName: name }
}

/** No host is touched. @throws MailrunError */
export async function rotationMembers({ inventory, ...selection }: HostSelection): Promise<RotationMembers> {
  const concerned = inventory.hosts.filter(({ vars }) => vars.has('domains'))
  if (concerned.length === 0 && !selection.extraVars.has('domains')) {
    throw new MailrunError(
      "no host of the inventory has domains: set the var domains for those that sign mail, such as in a group's vars",
    )
  }
  const message: ProbedMessage = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const among = concerned.length === 0 ? inventory : onlyWith(inventory, concerned)
  const members = new Map<string, RotationMember>()
  const given = givenSelectors(inventory.hosts)
  const { hosts, vars: varsOf } = await questionHosts('rotate', schema, { inventory: among, ...selection }, (input) => {
    const { vars, host } = input
    const signer = hostSigner(vars)
    const rotation = SIGNER_ROTATIONS[signer.name]
    if (rotation === undefined) throw new MailrunError(`${host.name}: mailrun does not switch keys of ${signer.title}`)
    members.set(host.name, {
      name: host.name,
      domains: vars.domains,
      signer,
      own: { ...ownSelectors(host.name, vars, given), first: nameKey(firstSelectorOf(vars, host)) },
      settings: rotationSettings(vars.dkim_rotation),
      ttl: vars.dns_ttl ?? TTL,
    })
    const keep = {
      domains: vars.domains,
      dropSigning: vars.drop_signing,
      ...ownName(vars.fqdn ?? mailDomain(host.name), vars.sign_host_name),
    }
    const keys = { domains: vars.domains, selector: firstSelectorOf(vars, host), directory: signer.keyDirectory }
    return {
      ...keyQuestions(input),
      problem: rotation.problem(keep, keys),
      queue: mailQueue,
      milters: milterSigning({ domains: vars.domains, signer, own: false, bounces: false, ...message }),
    }
  })
  return {
    hosts: hosts.filter(({ host }) => members.get(host.name)!.domains.length > 0),
    members,
    message,
    dns: await fleetDns(varsOf),
  }
}
