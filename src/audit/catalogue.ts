// The catalogue of all findings of audit, verify and dns. The page of findings, the baseline and the reports are made
// from it. An id never changes its meaning.
import { catalogueOf } from '../findings/catalogue.ts'
import type { FindingKind, Kinds } from '../findings/rule.ts'
import { DKIM_KINDS } from '../mail/records/dkim/findings.ts'
import { DKIM_RULES } from '../mail/records/dkim/rules.ts'
import { DMARC_KINDS } from '../mail/records/dmarc/findings.ts'
import { DMARC_RULES } from '../mail/records/dmarc/rules.ts'
import { FLEET_KINDS } from '../mail/fleet/findings.ts'
import { PROOF_KINDS } from '../mail/proof/findings.ts'
import { SPF_KINDS } from '../mail/records/spf/findings.ts'
import { SPF_RULES } from '../mail/records/spf/rules.ts'
import { FLEET_RULES } from './rules/fleet.ts'
import { SIGNER_KINDS } from '../signers/inspections.ts'
import { HOST_RULES } from './rules/index.ts'
import { POSTFIX_RULES } from './rules/postfix/index.ts'
import { DOMAIN_RULES, RECORD_RULES } from './rules/records/index.ts'

const listed = <Id extends string>(kinds: Kinds<Id>): readonly FindingKind<Id>[] =>
  Object.values<FindingKind<Id>>(kinds)

const ALL = [
  ...SIGNER_KINDS,
  ...POSTFIX_RULES,
  ...HOST_RULES,
  ...FLEET_RULES,
  ...listed(PROOF_KINDS),
  ...DOMAIN_RULES,
  ...RECORD_RULES,
  ...listed(SPF_KINDS),
  ...SPF_RULES,
  ...listed(DKIM_KINDS),
  ...DKIM_RULES,
  ...listed(DMARC_KINDS),
  ...DMARC_RULES,
  ...listed(FLEET_KINDS),
]

export type FindingId = (typeof ALL)[number]['id']

export const CATALOGUE = catalogueOf<FindingId>(ALL)
