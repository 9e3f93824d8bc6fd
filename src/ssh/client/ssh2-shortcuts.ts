// Two changes to the package ssh2 for which it has no option: the server need not prove its other host keys, and a
// login with a single key signs at once, which saves a round trip.
import type { Client } from 'ssh2'

/** Signs a login by the one key that there is. */
export type SoleSigner = (data: Buffer) => Buffer | Error

type GlobalRequest = (protocol: unknown, name: string, wantsReply: boolean, data: unknown) => void
type Sign = (data: Buffer, done: (signature: Buffer) => void) => void
type AuthPk = (user: string, key: unknown, algorithm: string | undefined, sign?: Sign) => void

/** Of ssh2 1.x; where a version of it is built otherwise, all stays as it is. */
interface Inside {
  readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequest }; authPK?: AuthPk }
}

/**
 * To be called once it connects, before anything has come.
 *
 * - ssh2 has every OpenSSH prove all the keys that it has (`hostkeys-00@openssh.com`, for UpdateHostKeys), which nobody
 *   here asks for: a signature of each on the host, and its check here.
 * - ssh2 asks whether a key would do before it signs by it (RFC 4252, section 7). Where there is only one, and a
 *   signature costs nothing, it is signed at once: a round trip less.
 *
 * @param sole - `undefined`: there are several keys, or an agent's, or one whose algorithm is to be agreed on.
 */
export function takeShortcuts(client: Client | null, sole: SoleSigner | undefined): void {
  const protocol = (client as Inside | null)?._protocol
  const handlers = protocol?._handlers
  const others = handlers?.GLOBAL_REQUEST
  if (handlers !== undefined && others !== undefined) {
    handlers.GLOBAL_REQUEST = (...request) => {
      const [, name, wantsReply] = request
      if (name !== 'hostkeys-00@openssh.com' || wantsReply) others(...request)
    }
  }
  const authPk = protocol?.authPK?.bind(protocol)
  if (protocol === undefined || authPk === undefined || sole === undefined) return
  protocol.authPK = (user, key, algorithm, sign) =>
    authPk(
      user,
      key,
      algorithm,
      sign ??
        ((data, done) => {
          const signature = sole(data)
          if (signature instanceof Error) throw signature
          done(signature)
        }),
    )
}
