// The audit's rules about hosts, grouped by subject.
import type { Rule } from '../../findings/rule.ts'
import type { MailSetup } from '../../mail/mail-setup.ts'
import { hostInspection, type SignerFindingId } from '../../signers/inspections.ts'
import type { SignerChoice } from '../../signers/signers.ts'
import { ORIGIN_RULES } from './origin.ts'
import { POSTFIX_RULES } from './postfix/index.ts'

type SetupFindingId = SignerFindingId | (typeof POSTFIX_RULES)[number]['id']

/** On the setup of one host: its signer's, then Postfix's. */
export const setupRules = (choice: SignerChoice): readonly Rule<MailSetup, SetupFindingId>[] => [
  ...hostInspection(choice).rules,
  ...POSTFIX_RULES,
]

/** On one host, and what was proved of it. */
export const HOST_RULES = ORIGIN_RULES
