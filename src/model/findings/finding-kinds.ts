// Every finding there is, by id: the one vocabulary of audit, verify and dns. An id never changes its meaning.
import type { FindingKind } from './finding-kind.ts'
import { PROOF_FINDINGS } from './proof-findings.ts'
import { RECORD_FINDINGS } from './record-findings.ts'
import { SETUP_FINDINGS } from './setup-findings.ts'

export const FINDING_KINDS = { ...SETUP_FINDINGS, ...PROOF_FINDINGS, ...RECORD_FINDINGS } as const
export type FindingId = keyof typeof FINDING_KINDS

export const isFindingId = (text: string): text is FindingId => Object.hasOwn(FINDING_KINDS, text)
export const kindOf = (id: FindingId): FindingKind => FINDING_KINDS[id]
