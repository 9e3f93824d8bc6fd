// All facts that can be gathered of a host, by name, in the order in which they are reported.
import type { FactName, GatheredFacts } from '../core/gathered-facts.ts'
import { disks, memory, processors } from '../resources/host/gathered/machine.ts'
import type { NamedFact } from '../resources/host/gathered/named-fact.ts'
import { addresses, defaultRoute, defaultRoute6 } from '../resources/host/gathered/network.ts'
import { architecture, hostname, kernel, release, version } from '../resources/host/gathered/system.ts'
import { postfixVersion } from '../resources/postfix/postfix-version.ts'
import { opendkimVersion } from '../signers/opendkim/setup/opendkim-version.ts'

/** A fact is a line here, its type in `core/gathered-facts.ts`, and its question beside its like. */
export const GATHERED: { readonly [Name in FactName]: NamedFact<GatheredFacts[Name]> } = {
  hostname,
  release,
  version,
  kernel,
  architecture,
  processors,
  memory,
  disks,
  addresses,
  defaultRoute,
  defaultRoute6,
  postfixVersion,
  opendkimVersion,
}

export const FACT_NAMES = Object.keys(GATHERED) as readonly FactName[]

/** What a host said; `null` where it cannot tell. */
export type KnownFacts = { readonly [Name in FactName]: GatheredFacts[Name] | null }

export interface FactsOfHost {
  readonly name: string
  readonly status: 'ok' | 'failed' | 'unreachable' | 'interrupted' | 'not-reached'
  /** Where it answered. */
  readonly facts?: KnownFacts
  /** Why it did not. */
  readonly error?: string
}
