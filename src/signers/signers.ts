// The signers of the list as a whole, and which of them signs on a host.
import * as v from 'valibot'
import * as list from './list.ts'
import type { Signer } from './signer.ts'

export const SIGNERS: readonly Signer[] = Object.values(list)

export const SIGNER_NAMES: readonly string[] = SIGNERS.map(({ name }) => name)
const USUAL = SIGNERS.find(({ isUsual }) => isUsual)!

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
