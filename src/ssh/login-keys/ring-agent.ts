// Offers keys to the package ssh2 and signs with them: with the key itself, or through the agent that holds it.
import { sign } from 'node:crypto'
import type { BaseAgent, ParsedKey } from 'ssh2'
import type { PrivateKey } from './private-key.ts'
import type { SoleSigner } from '../client/ssh2-shortcuts.ts'

export interface Identity {
  /** The public key. */
  readonly key: ParsedKey
  /** Whose it is, in words: a path, `the agent`. */
  readonly from: string
  /** By the inventory, the command line or ssh_config. */
  readonly named: boolean
  /** `undefined`: the agent signs. */
  readonly opened: PrivateKey | undefined
}

type Hash = 'sha1' | 'sha256' | 'sha512'
type Done = (error: Error | undefined, signature?: Buffer) => void

const EMPTY = Buffer.alloc(64)

/** What each type signs by where SSH leaves no choice (RFC 5656, section 6.2.1; RFC 8709; RFC 4253). */
const HASHES: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha1',
}

/**
 * @param taken - how many logins of the run each key was taken for, by the public key in base64: of keys that are not
 *   named the one that most hosts took is offered first. What one host says moves one key by one place.
 * @param path - the agent's socket.
 */
export function ringAgent(
  identities: readonly Identity[],
  taken: Map<string, number>,
  path: string | undefined,
  ssh2: typeof import('ssh2'),
): BaseAgent<ParsedKey> {
  const real = path === undefined ? undefined : new ssh2.OpenSSHAgent(path)
  class Ring extends ssh2.BaseAgent<ParsedKey> {
    getIdentities(done: (error: Error | undefined, keys: ParsedKey[]) => void): void {
      const count = ({ key }: Identity): number => taken.get(idOf(key)) ?? 0
      const others = identities.filter(({ named }) => !named).sort((a, b) => count(b) - count(a))
      done(
        undefined,
        [...identities.filter(({ named }) => named), ...others].map(({ key }) => key),
      )
    }
    sign(key: ParsedKey, data: Buffer, options: { readonly hash?: Hash } | Done, done?: Done): void {
      const finish = typeof options === 'function' ? options : done!
      const hash = typeof options === 'function' ? undefined : options
      const identity = identities.find((each) => each.key === key)
      if (identity === undefined) return finish(new Error('an unknown key'))
      // ssh2 has asked whether the host takes it.
      taken.set(idOf(key), (taken.get(idOf(key)) ?? 0) + 1)
      // An agent may refuse (`ssh-add -c`), or be gone: ssh2 would end the login for that. An empty signature is
      // refused by sshd, and the next key is tried, as OpenSSH does.
      if (identity.opened === undefined) {
        return void real!.sign(key, data, hash ?? {}, (error, signature) =>
          finish(undefined, error ? EMPTY : signature),
        )
      }
      finish(undefined, signed(identity.opened, data, hash?.hash))
    }
  }
  return new Ring()
}

const idOf = (key: ParsedKey): string => key.getPublicSSH().toString('base64')

/** Where there is one Ed25519 key and nothing else. */
export function soleSigner([only, ...others]: readonly Identity[]): SoleSigner | undefined {
  const opened = others.length > 0 ? undefined : only?.opened
  return opened?.publicKey.type === 'ssh-ed25519' ? (data) => signed(opened, data, undefined) : undefined
}

function signed({ key, publicKey: { type } }: PrivateKey, data: Buffer, hash: Hash | undefined): Buffer {
  return sign(type === 'ssh-ed25519' ? null : (hash ?? HASHES[type]), data, key)
}
