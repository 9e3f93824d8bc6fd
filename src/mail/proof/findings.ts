// The findings of proofs. `mailrun verify` and `mailrun audit` use the same ids.
import type { FindingKind } from '../../findings/rule.ts'
import { SPF_MISSING } from '../records/spf/findings.ts'
import { SENDER_KINDS } from './sender-kinds.ts'
import { SIGNING_KINDS } from './signing-kinds.ts'

export const PROOF_KINDS = { ...SIGNING_KINDS, ...SENDER_KINDS } as const
export type ProofFindingId = keyof typeof PROOF_KINDS

/** Of verdicts as an audit tells them: an address that SPF forgot has an id of its own. */
export type VerdictFindingId = ProofFindingId | keyof typeof SPF_MISSING

/** What a live signature tells of the record of its key. */
export const LIVE_KEY_FINDINGS: readonly ProofFindingId[] = [
  'no-key',
  'many-keys',
  'bad-record',
  'key-revoked',
  'key-differs',
  'weak-key',
  'servers-differ',
  'not-verified',
]

/** What an address that SPF does not let send tells of the record. */
export const LIVE_SPF_FINDINGS: readonly VerdictFindingId[] = [
  'spf-fail',
  'spf-softfail',
  'spf-neutral',
  'spf-permerror',
  'spf-missing-ip4',
  'spf-missing-ip6',
  'servers-differ',
]

const KNOWN: ReadonlyMap<string, FindingKind<VerdictFindingId>> = new Map(
  Object.entries({ ...PROOF_KINDS, ...SPF_MISSING }),
)

/** The kind of a verdict that is no pass; `not-verified` where it has none of its own. */
export const kindOfVerdict = (id: string): FindingKind<VerdictFindingId> => KNOWN.get(id) ?? PROOF_KINDS['not-verified']
