// What OpenDKIM does on a host today, of the texts that the host told.
import {
  opendkimConfiguration,
  type OpendkimConfiguration,
  type OpendkimSources,
} from '../../signers/opendkim/configuration/index.ts'
import { OTHER_WAYS, signedClients } from '../../signers/opendkim/kept/signed-clients.ts'
import { dataSetOf } from '../../signers/opendkim/configuration/data-set.ts'
import { Doubts } from '../../signers/opendkim/configuration/sources.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface OpendkimToday {
  readonly configuration: OpendkimConfiguration
  /** What opendkim.conf(5)'s MTA says, where it does. */
  readonly mta: readonly Untrusted[]
  /** @param hostName - the host's full name, where mail from it is signed: it needs no word. */
  clients(hostName: string | undefined): ClientsToday
}

export interface ClientsToday {
  /** Addresses, networks and names whose mail is signed besides this host's. */
  readonly names: readonly Untrusted[]
  /** Settings by which mail of more clients is signed: MTA, MacroList, POPDBFile. */
  readonly otherWays: readonly string[]
}

export function todayOf(sources: OpendkimSources): OpendkimToday {
  const configuration = opendkimConfiguration(sources)
  const mta = configuration.settings.get('mta')
  return {
    configuration,
    mta: (mta && dataSetOf(mta, sources.files, new Doubts()))?.entries.map(({ key }) => key) ?? [],
    clients(hostName) {
      const all = signedClients(configuration, sources.files, [], hostName).lost.map(({ name }) => name)
      return {
        names: all.filter((name) => !OTHER_WAYS.includes(name)),
        otherWays: all.filter((name) => OTHER_WAYS.includes(name)),
      }
    },
  }
}
