// Gives the cause in common to what a proof misses in DNS and the inventory wants there: `mailrun dns push` mends it.
// What others are to publish keeps its own advice.
import { UNPUBLISHED } from '../mail/proof/causes.ts'
import type { HostProof, SignatureProof, SigningProof, Verdict } from '../mail/proof/proof.ts'

/** Which records the inventory wants. */
export interface WantedRecords {
  /** @param domain - or a host's name, in A-labels. */
  spf(domain: string): boolean
  /** @param domain - that a host says, as is the selector: in either case. */
  key(domain: string, selector: string): boolean
}

export const withUnpublished = (proof: HostProof, wanted: WantedRecords): HostProof => ({
  ...proof,
  signing: proof.signing.map((each) => ofSigning(each, wanted)),
  spf: proof.spf.map((each) =>
    each.verdict.id === 'spf-none' && wanted.spf(each.domain) ? { ...each, verdict: unpublished(each.verdict) } : each,
  ),
})

const unpublished = (verdict: Verdict): Verdict => ({ ...verdict, cause: UNPUBLISHED })

function ofSigning(proof: SigningProof, wanted: WantedRecords): SigningProof {
  const { verdict, signatures } = proof
  if (verdict.id !== 'no-key') return proof
  const missing = signatures.find((each) => isWithoutKey(each, verdict))
  return missing !== undefined && wanted.key(missing.domain, missing.selector)
    ? { ...proof, verdict: unpublished(verdict) }
    : proof
}

/** The one that a verdict is about. */
const isWithoutKey = ({ servers }: SignatureProof, { id, what }: Verdict): boolean =>
  servers.some((each) => each.id === id && each.what === what)
