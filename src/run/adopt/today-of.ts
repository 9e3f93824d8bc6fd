// What OpenDKIM does on a host today, of the texts that the host told.
import {
  opendkimConfiguration,
  type OpendkimConfiguration,
  type OpendkimSources,
} from '../../signers/opendkim/index.ts'
import { lostClients, OTHER_WAYS } from '../../signers/opendkim/signed-clients.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface OpendkimToday {
  readonly configuration: OpendkimConfiguration
  /** Addresses, networks and names whose mail is signed besides this host's. */
  readonly clients: readonly Untrusted[]
  /** Settings by which mail of more clients is signed: MTA, MacroList, POPDBFile. */
  readonly otherWays: readonly string[]
}

export function todayOf(sources: OpendkimSources): OpendkimToday {
  const configuration = opendkimConfiguration(sources)
  const names = lostClients(configuration, sources.files, []).map(({ name }) => name)
  return {
    configuration,
    clients: names.filter((name) => !OTHER_WAYS.includes(name)),
    otherWays: names.filter((name) => OTHER_WAYS.includes(name)),
  }
}
