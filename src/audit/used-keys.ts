// The keys with which hosts sign, according to the configurations of their signers.
import type { ConfiguredKey } from '../signers/inspection.ts'
import { hostInspection } from '../signers/inspections.ts'
import type { HostEvidence } from './evidence.ts'

export interface UsedKey extends ConfiguredKey {
  readonly host: string
}

export const usedKeys = (hosts: readonly HostEvidence[]): readonly UsedKey[] =>
  hosts.flatMap(({ name, signer, setup }) =>
    setup === undefined
      ? []
      : hostInspection({ dkim_signer: signer })
          .usedKeys(setup)
          .map((key) => ({ host: name, ...key })),
  )
