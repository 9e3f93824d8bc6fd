// Keys that hosts sign with, by their tables.
import type { HostEvidence } from './evidence.ts'
import { usedKeyEntries } from './rules/opendkim/tables-read.ts'

export interface UsedKey {
  readonly host: string
  readonly domain: string
  readonly selector: string
  readonly path: string
  /** Empty where it is not known. */
  readonly publicKey: string
}

export const usedKeys = (hosts: readonly HostEvidence[]): readonly UsedKey[] =>
  hosts.flatMap(({ name, setup }) =>
    setup === undefined
      ? []
      : usedKeyEntries(setup)
          .filter(({ domain }) => domain !== '%')
          .map(({ domain, selector, path }) => ({
            host: name,
            domain,
            selector,
            path,
            publicKey: setup.keys.find((key) => key.path === path)?.publicKey ?? '',
          })),
  )
