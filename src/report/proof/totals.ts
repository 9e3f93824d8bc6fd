// Counts the verdicts of a proof.
import { verdictsOf, type HostProof, type ProofStatus } from '../../mail/proof/proof.ts'
import { milliseconds } from '../run/totals.ts'

export interface ProofTotals {
  readonly hosts: Readonly<Record<HostProof['status'], number>>
  readonly proofs: Readonly<Record<ProofStatus, number>>
  readonly seconds: number
}

const HOST_STATUSES: readonly HostProof['status'][] = [
  'pass',
  'fail',
  'unknown',
  'failed',
  'unreachable',
  'interrupted',
  'not-reached',
]
const STATUSES: readonly ProofStatus[] = ['pass', 'fail', 'unknown', 'none']

export const proofTotals = (hosts: readonly HostProof[], seconds: number): ProofTotals => ({
  hosts: numberOf(HOST_STATUSES, hosts),
  proofs: numberOf(STATUSES, hosts.flatMap(verdictsOf)),
  seconds: milliseconds(seconds),
})

const numberOf = <Word extends string>(
  words: readonly Word[],
  all: readonly { readonly status: Word }[],
): Readonly<Record<Word, number>> =>
  Object.fromEntries(
    words.map((word) => [word, all.filter(({ status }) => status === word).length] as const),
  ) as Record<Word, number>
