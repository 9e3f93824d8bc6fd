// Which lists of Postfix name this OpenDKIM, and what they are to say while it is restarted and afterwards.
import type { OpendkimConfiguration } from '../signers/opendkim/index.ts'
import type { OpendkimActivation } from '../probes/opendkim-activation.ts'
import { endpointOf, endpointOfSocket, type Endpoint } from '../postfix/endpoint.ts'
import { movedMilters } from '../postfix/moved-milters.ts'
import type { HostNames, PostfixSources } from '../postfix/sources.ts'
import type { Settings } from '../postfix/with-settings.ts'

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

/** Where OpenDKIM listens, by its own word: now, as far as can be told, and from now on. */
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
export function socketsNow(configured: string | undefined, activation: OpendkimActivation): readonly string[] {
  const standing = activation.unfinished ? [activation.formerSocket ?? DEFAULT_SOCKET] : []
  return [configured ?? DEFAULT_SOCKET, ...standing]
}

/** Why OpenDKIM cannot be told by its configuration to listen there, or must not be. */
export function obstacleToMove(
  { options, socket }: Pick<OpendkimConfiguration, 'options' | 'socket'>,
  wanted: string,
  host: HostNames,
): string | undefined {
  if (socket === undefined) return undefined
  const [place, target] = [endpointOfSocket(socket, host), endpointOfSocket(wanted, host)]
  if (wordsOn(place) === wordsOn(target)) return undefined
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
