// Reads from a private key file what is known without its passphrase.
import { existsSync, readFileSync } from 'node:fs'
import { KeyFault } from './key-fault.ts'
import { readOpensshKey } from './openssh-key.ts'
import { isLocked, isPrivateKey, openPem } from './private-key.ts'
import { parsePublicKey, statedType } from './public-key.ts'

export interface KeyFile {
  readonly path: string
  /**
   * The key as the wire carries it; `undefined` where only the passphrase opens it (PEM without a `.pub` beside it), or
   * it is damaged.
   */
  readonly publicKey: Buffer | undefined
  /** `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, … */
  readonly type: string | undefined
  readonly encrypted: boolean
  /** Of the private key; `undefined`: only the public key is here, and an agent may hold the private one. */
  readonly text: string | undefined
  /** An OpenSSH certificate for it lies beside it (`PATH-cert.pub`), as ssh(1) looks for. */
  readonly certified: boolean
}

/**
 * Of a public key, or where there is but the `.pub` beside it, that is what there is: IdentityFile of ssh_config(5).
 * `undefined`: there is neither.
 *
 * @throws KeyFault for one that holds no key; Error for one that cannot be read.
 */
export function readKeyFile(path: string): KeyFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const publicKey = besideIt(path)
    return publicKey && publicOnly(path, publicKey)
  }
  const certified = existsSync(`${path}-cert.pub`)
  const openssh = readOpensshKey(text)
  if (openssh !== undefined) {
    const { publicKey, type, lock } = openssh
    return { path, text, certified, publicKey, type, encrypted: lock !== undefined }
  }
  if (!isPrivateKey(text)) {
    const own = publicIn(text)
    if (own === undefined) throw new KeyFault('useless', 'it holds no private key')
    return publicOnly(path, own)
  }
  const encrypted = isLocked(text)
  const publicKey = (encrypted ? undefined : publicHalf(text)) ?? besideIt(path)
  return { path, text, certified, publicKey, type: publicKey && statedType(publicKey), encrypted }
}

/** What is wrong with it is reported by who opens it. */
function publicHalf(pem: string): Buffer | undefined {
  try {
    return openPem(pem, undefined).publicKey.blob
  } catch {
    return undefined
  }
}

const publicOnly = (path: string, publicKey: Buffer): KeyFile => ({
  path,
  publicKey,
  type: statedType(publicKey),
  encrypted: false,
  text: undefined,
  certified: false,
})

function publicIn(text: string): Buffer | undefined {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  return parsePublicKey(type, base64)?.blob
}

function besideIt(path: string): Buffer | undefined {
  try {
    return publicIn(readFileSync(`${path}.pub`, 'utf8'))
  } catch {
    return undefined
  }
}
