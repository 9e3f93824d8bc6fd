// Audit rules about OpenDKIM's socket: who can reach it can have mail signed.
import type { FindingDetails } from '../../../findings/finding.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { isLoopback } from '../../../resources/milters/endpoint.ts'
import { isInstalled, listening, placeOf, shownSocket } from './setup.ts'

const RIGHT_SOCKET = 'local:/var/spool/postfix/opendkim/opendkim.sock'

const socketOf = (setup: OpendkimMailSetup) => (isInstalled(setup) ? listening(setup) : undefined)

export const socketAnyUser = rule({
  id: 'socket-any-user',
  check: 'setup',
  severity: 'warning',
  means: 'Every program on the host can ask OpenDKIM to sign any mail for every domain.',
  remedy: 'Socket local:/var/spool/postfix/opendkim/opendkim.sock, its directory opendkim:postfix 2750, UMask 007',
  find(setup: OpendkimMailSetup): readonly FindingDetails[] {
    const socket = socketOf(setup)
    if (socket?.kind === 'inet') {
      const found = shownSocket(socket)
      return foundIf(isLoopback(socket.host), {
        subject: placeOf(setup, 'socket'),
        message: `OpenDKIM listens at ${found}, where every user of the host reaches it`,
        expected: RIGHT_SOCKET,
        found,
      })
    }
    return socket === undefined ? [] : openToAll(setup, socket.path)
  },
})

/** A socket that others can write, below directories that others can search. */
function openToAll({ paths }: OpendkimMailSetup, path: string): readonly FindingDetails[] {
  const above = path
    .split('/')
    .slice(1, -1)
    .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`)
  const others = (of: string): number => Number(paths[of]?.mode.at(-1) ?? 0)
  const isOpen =
    paths[path]?.type === 's' && (others(path) & 2) !== 0 && above.every((each) => (others(each) & 1) !== 0)
  return foundIf(isOpen, {
    subject: { path },
    message: `every user of the host can write to ${path}`,
    expected: '0770',
    found: paths[path]?.mode,
  })
}

export const socketOpen = rule({
  id: 'socket-open',
  check: 'setup',
  severity: 'error',
  means: 'OpenDKIM listens to the network: everybody who reaches it can have forged mail signed.',
  remedy: 'Socket local:/var/spool/postfix/opendkim/opendkim.sock',
  find(setup: OpendkimMailSetup) {
    const socket = socketOf(setup)
    if (socket?.kind !== 'inet' || isLoopback(socket.host)) return []
    const found = shownSocket(socket)
    return [
      {
        subject: placeOf(setup, 'socket'),
        message: `OpenDKIM listens at ${found}, where the network reaches it`,
        expected: RIGHT_SOCKET,
        found,
      },
    ]
  },
})
