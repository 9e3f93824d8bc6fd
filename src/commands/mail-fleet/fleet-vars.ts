// The schema of the vars that `mailrun dns` and `mailrun verify` read from an inventory. It does not depend on a
// playbook.
import * as v from 'valibot'
import { dnsVar } from '../../dns/dns-vars.ts'
import { mailVars } from '../../mail/fleet/mail-vars.ts'
import { domain } from '../../mail/fleet/schemas.ts'
import { signerVars } from '../../signers/signers.ts'

export const fleetVars = {
  domains: v.optional(
    v.pipe(v.array(domain, 'a list of domains is wanted'), v.description('The domains that the host sends for.')),
    [],
  ),
  dns: v.optional(
    v.pipe(dnsVar, v.description('Which name servers zones have, and how records get there: one for all hosts.')),
    {},
  ),
  ...mailVars,
  ...signerVars,
} as const
