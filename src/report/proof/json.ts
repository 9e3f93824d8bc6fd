// Writes a proof as one JSON document, as docs/verify.schema.json describes it.
import type { HostProof } from '../../mail/proof/proof.ts'
import { jsonDocument } from '../write/json.ts'
import type { ProofFormat } from './format.ts'
import { proofTotals, type ProofTotals } from './totals.ts'

export interface ProofDocument {
  readonly hosts: readonly HostProof[]
  readonly totals: ProofTotals
}

export const format: ProofFormat = {
  language: 'json',
  about: 'programs: one document',
  schema: 'verify',
  write: (hosts, seconds) => jsonDocument(proofDocument(hosts, seconds)),
}

export const proofDocument = (hosts: readonly HostProof[], seconds: number): ProofDocument => ({
  hosts,
  totals: proofTotals(hosts, seconds),
})
