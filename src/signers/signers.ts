// All signers together, and which of them a host uses.
import * as v from 'valibot'
import * as list from './list.ts'
import type { Signer } from './signer.ts'

const listed: readonly Signer[] = Object.values(list)

/** The usual one first. */
export const SIGNERS = [
  ...listed.filter(({ isUsual }) => isUsual === true),
  ...listed.filter(({ isUsual }) => isUsual !== true),
]

export const SIGNER_NAMES: readonly string[] = SIGNERS.map(({ name }) => name)
const USUAL = SIGNERS[0]!

/** As people write them: for texts that are about any of them. */
export const SIGNER_TITLES = SIGNERS.map(({ title }) => title).join(' or ')

/** How the inventory chooses one. */
export interface SignerChoice {
  readonly dkim_signer?: string | undefined
}

/** Of an inventory, for every command that asks about signing. */
export const signerVars = {
  dkim_signer: v.optional(
    v.pipe(
      v.picklist(SIGNER_NAMES, `a signer is wanted: ${SIGNER_NAMES.join(', ')}`),
      v.description(`The program that signs mail. Left out: ${USUAL.name}`),
    ),
  ),
} as const

/** The one that signs on a host, by what its vars or a task's arguments say. */
export const hostSigner = ({ dkim_signer: name = USUAL.name }: SignerChoice): Signer =>
  SIGNERS.find((each) => each.name === name) ?? USUAL
