// The inspections of the list as a whole.
import type { MailSetup } from '../mail/mail-setup.ts'
import type { Inspection } from './inspection.ts'
import * as list from './inspection-list.ts'
import { hostSigner, type SignerChoice } from './signers.ts'

const LISTED = Object.values(list)

/** Of all signers. */
export const SIGNER_RULES = LISTED.flatMap(({ rules }) => rules)
export type SignerFindingId = (typeof SIGNER_RULES)[number]['id']

/** An inspection of the list. What its question answers is for itself alone to look into. */
export type ListedInspection = Inspection<MailSetup, unknown, SignerFindingId>

/** Of the signer on a host, by what the inventory says. */
export function hostInspection(choice: SignerChoice): ListedInspection {
  const { name } = hostSigner(choice)
  return LISTED.find((each) => each.name === name)!
}
