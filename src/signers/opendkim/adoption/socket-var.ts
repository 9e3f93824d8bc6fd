// Writes the socket at which OpenDKIM listens as a value of the var opendkim_socket.
import * as v from 'valibot'
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { SocketVar } from '../../inspection.ts'
import { opendkimSocket } from '../socket-schema.ts'

/** Of playbooks/dkim.ts. */
const USUAL = 'local:/var/spool/postfix/opendkim/opendkim.sock'

/** @param socket - as opendkim.conf has it. */
export function socketVar(socket: Untrusted): SocketVar {
  const value = /^(?:local|unix):|^\//.test(socket)
    ? `local:${socket.replace(/^(?:local|unix):/, '')}`
    : socket.replace(/^inet:(\d+)(?:@127\.0\.0\.1)?$/, 'inet:$1@localhost')
  return {
    name: 'opendkim_socket',
    usual: USUAL,
    socket,
    value,
    isTaken: v.safeParse(opendkimSocket, value).success,
    ...(/^inet:\d+$/.test(socket) ? { forOthers: FOR_OTHERS } : {}),
  }
}

/** What a run says, too. */
const FOR_OTHERS = 'a run is refused until it listens for this host alone (Socket inet:PORT@localhost in opendkim.conf)'
