// The hosts of an audit and the questions to them, all in one trip. Nothing is written.
import { settledFleet } from '../../mail/fleet/mail-fleet.ts'
import { hostInspection } from '../../signers/inspections.ts'
import { milterSigning } from '../../signers/milter-sign.ts'
import { hostSigner } from '../../signers/signers.ts'
import { outgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import { givenSelectors, type GivenSelectors } from '../mail-fleet/given-selectors.ts'
import { concernedHosts, keyQuestions, mailHostVars, onlyWith, type MailHostVars } from '../mail-fleet/mail-fleet-of.ts'
import { fleetDns, type FleetDns } from '../mail-fleet/each-dns.ts'
import { ownMail } from '../mail-fleet/own-mail.ts'
import { questionHosts, type HostSelection, type QuestionedHosts } from '../fleet/question-hosts.ts'

export interface AuditHosts extends QuestionedHosts<MailHostVars> {
  readonly dns: FleetDns
  /** Whether some hosts of the inventory that have domains are left out. */
  readonly limited: boolean
  /** Of all hosts of the inventory. */
  readonly given: readonly GivenSelectors[]
}

export interface AuditSelection extends HostSelection {
  /** That milters are asked about. */
  readonly message: { readonly template: string; readonly nonce: string }
}

/**
 * Those that `limit` names; else those whose vars say anything of mail's domains; else all: a host's own tables name
 * domains, too.
 *
 * @throws MailrunError before any host is touched
 */
export async function auditHosts({ inventory, message, ...selection }: AuditSelection): Promise<AuditHosts> {
  const concerned = concernedHosts(inventory)
  const among =
    selection.limit === undefined && concerned.length > 0 && !selection.extraVars.has('domains')
      ? onlyWith(inventory, concerned)
      : inventory
  const { hosts, vars } = await questionHosts('audit', mailHostVars, { inventory: among, ...selection }, (input) => ({
    setup: hostInspection(input.vars).setup,
    milters: milterSigning({
      domains: sendingDomains(input.vars),
      signer: hostSigner(input.vars),
      ...ownMail(input.vars),
      ...message,
    }),
    outgoing: outgoingAddresses,
    ...keyQuestions(input),
  }))
  const asked = hosts.map(({ host }) => host.name)
  // What is one for all domains must be so before anybody is asked.
  settledFleet(asked.map((name) => ({ name, vars: vars.get(name)!, addresses: [], keys: [] })))
  return {
    hosts,
    vars,
    dns: await fleetDns(vars),
    limited: concerned.some(({ name }) => !asked.includes(name)),
    given: givenSelectors(inventory.hosts),
  }
}

export const sendingDomains = ({ domains, mail_domains: own, null_domains: nulls }: MailHostVars): readonly string[] =>
  [...new Set(domains)].filter((domain) => own?.[domain]?.sends !== false && nulls?.includes(domain) !== true)
