// All inspections together: the findings of all signers, and the inspection of the signer that a host uses.
import type { FindingKind } from '../findings/rule.ts'
import type { MailSetup } from '../mail/mail-setup.ts'
import type { Inspection } from './inspection.ts'
import * as list from './inspection-list.ts'
import { hostSigner, type SignerChoice } from './signers.ts'

type Listed = (typeof list)[keyof typeof list]
const LISTED: readonly Listed[] = Object.values(list)

export type SignerFindingId = Listed['rules'][number]['id']

/** What the rules of all signers find. */
export const SIGNER_KINDS: readonly FindingKind<SignerFindingId>[] = LISTED.flatMap(
  ({ rules }): readonly FindingKind<SignerFindingId>[] => rules,
)

/** An inspection of the list. What its question answers is for itself alone to look into. */
export type ListedInspection = Inspection<MailSetup, unknown, SignerFindingId>

/** Of the signer on a host, by what the inventory says. */
export function hostInspection(choice: SignerChoice): ListedInspection {
  const { name } = hostSigner(choice)
  return LISTED.find((each) => each.name === name)!
}
