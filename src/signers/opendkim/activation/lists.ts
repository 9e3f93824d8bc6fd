// Finds which of Postfix's lists of milters name this OpenDKIM, and what they must say while it restarts and
// afterwards.
import { configurationOf, type OpendkimSetup } from '../setup/signing.ts'
import type { OpendkimConfiguration } from '../configuration/index.ts'
import {
  endpointOf,
  endpointOfSocket,
  milterOf,
  sameSocket,
  type Endpoint,
} from '../../../resources/milters/endpoint.ts'
import { headOf } from '../../../resources/milters/milter-list.ts'
import { milterUses, type MilterUse } from '../../../resources/milters/milter-uses.ts'
import { movedMilters } from '../../../resources/milters/moved-milters.ts'
import type { HostNames, PostfixSources } from '../../../resources/postfix/settings/sources.ts'
import type { Settings } from '../../../resources/postfix/settings/with-settings.ts'

/** In Postfix's queue directory, where a chroot does not matter. */
export const COVER_DIRECTORY = 'mailrun-cover'
/** The second instance, as Postfix's lists name it while the first is restarted. */
export const COVER_MILTER = `unix:${COVER_DIRECTORY}/opendkim.sock`
/** Debian's. */
export const DEFAULT_SOCKET = 'local:/run/opendkim/opendkim.sock'

export interface OpendkimLists {
  /** What is to be written so that all that names OpenDKIM names the second instance. */
  readonly during: Settings
  /** What is to be written, beside what is there now, so that it names OpenDKIM where it is to listen. */
  readonly after: Settings
  readonly moves: boolean
}

/** Where OpenDKIM listens, by its own word: now, as far as is known, and from now on. */
export interface Sockets {
  readonly now: readonly string[]
  readonly wanted: string
}

/**
 * As Postfix comes there. For a service in a chroot each path begins in the queue directory: an item that forgets that
 * means this OpenDKIM all the same.
 */
export function placesOf({ now, wanted }: Sockets, { host, main }: PostfixSources): readonly Endpoint[] {
  const queueDirectory = main.get('queue_directory') ?? '/var/spool/postfix'
  return [
    endpointOf(COVER_MILTER, { chroot: false, queueDirectory }),
    ...[...now, wanted].flatMap((socket) => {
      const place = endpointOfSocket(socket, host)
      return place.kind === 'unix'
        ? [place, endpointOf(`unix:${place.path}`, { chroot: true, queueDirectory })]
        : [place]
    }),
  ]
}

/** Whether a service of Postfix asks an OpenDKIM that listens there. */
export function isAsked(socket: string, sources: PostfixSources): boolean {
  const places = placesOf({ now: [], wanted: socket }, sources)
  return milterUses(sources).some(({ endpoint }) => isOneOf(endpoint, places, sources.host))
}

/** Which uses a run that has OpenDKIM listen there answers, or moves. */
export function expectedOf(sockets: Sockets, sources: PostfixSources): (use: MilterUse) => boolean {
  const places = placesOf(sockets, sources)
  const [item, target] = [milterOf(sockets.wanted), endpointOfSocket(sockets.wanted, sources.host)]
  // What is written as it is to be stays, also where it does not lead there.
  return (use) => isOneOf(use.endpoint, headOf(use.item) === item ? [target] : places, sources.host)
}

const isOneOf = (endpoint: Endpoint, places: readonly Endpoint[], host: HostNames): boolean =>
  places.some((each) => sameSocket(endpoint, each, host))

/** `undefined`: no Postfix names this OpenDKIM. @param milter - how Postfix is to name it. */
export function opendkimLists(
  sockets: Sockets,
  milter: string,
  sources: PostfixSources,
): OpendkimLists | { readonly impossible: string } | undefined {
  const places = placesOf(sockets, sources)
  const during = movedMilters(sources, places, COVER_MILTER)
  if ('impossible' in during) return during
  const after = movedMilters(sources, places, milter)
  if ('impossible' in after) return after
  const moves = isAny(after)
  return moves || isAny(during) ? { during, after, moves } : undefined
}

const isAny = ({ main, master }: Settings): boolean => main.length + master.length > 0

/** Whom it concerns, for people: `smtpd_milters, submission/inet smtpd_milters`. */
export const namesOf = ({ main, master }: Settings): string =>
  [...main.map(([name]) => name), ...master.map(([service, name]) => `${service} ${name}`)].join(', ')

/** Where OpenDKIM listens now: in an activation that was killed, one of several. */
export function socketsNow(setup: OpendkimSetup): readonly string[] {
  const { formerSocket } = setup
  const configured = configurationOf(setup)?.socket ?? DEFAULT_SOCKET
  return [configured, ...(formerSocket === undefined ? [] : [formerSocket || DEFAULT_SOCKET])]
}

/** Why Postfix does not come to where OpenDKIM is to listen. */
export function problemOfReach(wanted: string, { host, main }: PostfixSources): string | undefined {
  const queueDirectory = main.get('queue_directory') ?? '/var/spool/postfix'
  const milter = milterOf(wanted)
  const place = endpointOf(milter, { chroot: false, queueDirectory })
  if (place.kind !== 'unix' || sameSocket(place, endpointOfSocket(wanted, host), host)) return undefined
  return (
    `Postfix looks for ${milter} below its queue_directory, which is ${queueDirectory}, and OpenDKIM is to listen at ` +
    `${wanted}: have it listen where both come (opendkim_socket: inet:8891@127.0.0.1)`
  )
}

/** Whether two sockets of OpenDKIM are two places. */
export const isElsewhere = (socket: string, wanted: string, host: HostNames): boolean =>
  wordsOn(endpointOfSocket(socket, host)) !== wordsOn(endpointOfSocket(wanted, host))

/** Why OpenDKIM does not listen there by its configuration, or must not be. */
export function problemOfMove(
  { options, socket }: Pick<OpendkimConfiguration, 'options' | 'socket'>,
  wanted: string,
  host: HostNames,
): string | undefined {
  if (socket === undefined || !isElsewhere(socket, wanted, host)) return undefined
  const place = endpointOfSocket(socket, host)
  if (options.has('p'))
    return (
      `OpenDKIM is started with -p ${socket}, which goes before what opendkim.conf says: take it out of its unit ` +
      '(systemctl cat opendkim.service tells where it is), or have the playbook want it there (opendkim_socket)'
    )
  // Others would ask in vain.
  if (place.kind === 'inet' && !isLoopback(place.host))
    return (
      `OpenDKIM listens at ${socket}, where other hosts can ask it, and would no longer be there for them: ` +
      'where none does, have it listen for this host alone first (Socket inet:PORT@localhost in /etc/opendkim.conf)'
    )
  return undefined
}

const wordsOn = (place: Endpoint): string =>
  place.kind === 'unix' ? place.path : place.kind === 'inet' ? `${place.host} ${place.port}` : place.why

const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address === 'localhost'
