// Finds out what OpenDKIM does on a host today, from the texts of its configuration.
import { postfixSourcesOf } from '../../../resources/postfix/postfix-services.ts'
import type { IdleSetting, SignerToday } from '../../inspection.ts'
import { placesOf } from '../activation/lists.ts'
import { opendkimConfiguration, placeText, type OpendkimSources } from '../configuration/index.ts'
import { dataSetOf } from '../configuration/data-set.ts'
import { Doubts } from '../configuration/sources.ts'
import { OTHER_SETTINGS, signedClients } from '../kept/signed-clients.ts'
import { mtaAddsNobody } from './mta-clients.ts'
import { signedDomains } from './signed-domains.ts'
import { socketVar } from './socket-var.ts'

export function todayOf(sources: OpendkimSources): SignerToday {
  const configuration = opendkimConfiguration(sources)
  const { notUnderstood, settings, socket } = configuration
  const mta = settings.get('mta')
  const named = (mta && dataSetOf(mta, sources.files, new Doubts()))?.entries.map(({ key }) => key) ?? []
  return {
    problems: notUnderstood.map(({ what, place, remedy }) => `${placeText(place)}: ${what}; ${remedy}`),
    signedDomains: (fqdn) => signedDomains(configuration, fqdn),
    clients(hostName) {
      const all = signedClients(configuration, sources.files, [], hostName).lost.map(({ name }) => name)
      return {
        names: all.filter((name) => !OTHER_SETTINGS.includes(name)),
        otherSettings: all.filter((name) => OTHER_SETTINGS.includes(name)),
      }
    },
    idle: (postfix) =>
      socket !== undefined && mta !== undefined && mtaAddsNobody(postfixSourcesOf(postfix), named, socket)
        ? [MTA_IDLE]
        : [],
    socketVar: socket === undefined ? undefined : socketVar(socket),
    places: (postfix) => (socket === undefined ? [] : placesOf({ now: [socket], wanted: socket }, postfix)),
  }
}

const MTA_IDLE: IdleSetting = {
  name: 'MTA',
  why: 'By MTA, mail of this host and of who logs in is signed alone, which is signed without it, too',
}
