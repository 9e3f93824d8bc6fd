// A due step of a rotation, with its host and the domain of its key.
import type { NextSteps, RotationStep } from '../../mail/rotation/steps.ts'
import type { DomainInDns } from './ask-dns.ts'
import type { HostEvidence } from './ask-hosts.ts'

/** A host and a domain that it signs for. */
export interface Pair {
  readonly evidence: HostEvidence
  readonly dns: DomainInDns
  readonly nextSteps: NextSteps
}

export interface DueStep {
  readonly pair: Pair
  readonly step: RotationStep
}

export const pairKey = ({ host, domain }: { readonly host: string; readonly domain: string }): string =>
  `${host} ${domain}`

/** Of a pair whose keys this command has noted as compromised. */
export const compromisedKey = (pair: Parameters<typeof pairKey>[0]): string => `compromised ${pairKey(pair)}`

export const stepKey = ({ pair: { evidence }, step }: DueStep): string => `${pairKey(evidence)} ${JSON.stringify(step)}`

/** All that are due, whether or not they can be taken now. */
export const dueSteps = (pairs: readonly Pair[]): readonly DueStep[] =>
  pairs.flatMap((pair) => stepsOf(pair).map((step) => ({ pair, step })))

const stepsOf = ({ nextSteps: { keys, begin } }: Pair): readonly RotationStep[] => [
  ...keys.flatMap(({ step }) => step ?? []),
  ...(begin === undefined ? [] : [begin]),
]
