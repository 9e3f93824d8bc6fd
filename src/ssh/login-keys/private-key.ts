// Reads a private key as ssh -i does: OpenSSH's own format or PEM (PKCS#1, SEC 1, PKCS#8), with or without a
// passphrase.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { damaged, KeyFault } from './key-fault.ts'
import { openOpensshKey, readOpensshKey } from './openssh-key.ts'
import type { PublicKey } from './public-key.ts'
import { wirePublicKey } from './wire-public-key.ts'

export interface PrivateKey {
  readonly publicKey: PublicKey
  readonly key: KeyObject
}

const PEM = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/
const ENCRYPTED = /^Proc-Type: 4,ENCRYPTED|^-----BEGIN ENCRYPTED/m
const PUTTY = /^PuTTY-User-Key-File-/
/** What OpenSSL says of a cipher that it has not, whatever the passphrase. */
const UNSUPPORTED = ['ERR_OSSL_EVP_UNSUPPORTED', 'ERR_OSSL_PEM_UNSUPPORTED_ENCRYPTION']

const TOO_OLD = 'what encrypts it is too old for OpenSSL 3'
const ENCRYPT_ANEW = 'openssl pkcs8 -topk8 -provider legacy -provider default -in KEY -out NEW encrypts it again'

/** Whether the text is of a private key of any form, opened or not. */
export const isPrivateKey = (text: string): boolean =>
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || PUTTY.test(text)

/** Whether it has a passphrase; of a key that is not in OpenSSH's own form. */
export const isLocked = (text: string): boolean => ENCRYPTED.test(text) || /^Encryption: (?!none)/m.test(text)

/**
 * @param path - for messages.
 * @param passphrase - `undefined`: nobody has said one.
 * @throws KeyFault
 */
export async function openPrivateKey(path: string, text: string, passphrase: string | undefined): Promise<PrivateKey> {
  const openssh = readOpensshKey(text)
  if (openssh === undefined) return PUTTY.test(text) ? openPutty(path, text, passphrase) : openPem(text, passphrase)
  const key = await openOpensshKey(openssh, passphrase)
  const publicKey = wirePublicKey(key)
  if (!publicKey.blob.equals(openssh.publicKey)) throw damaged()
  return { publicKey, key }
}

/** Of PEM. @throws KeyFault */
export function openPem(text: string, passphrase: string | undefined): PrivateKey {
  // There may be parameters of a curve before the key.
  const key = keyOf(PEM.exec(text)?.[0] ?? text, passphrase)
  return { publicKey: wirePublicKey(key), key }
}

/** OpenSSH takes none of these; ssh2 reads RSA keys of PuTTY before 0.75. */
async function openPutty(path: string, text: string, passphrase: string | undefined): Promise<PrivateKey> {
  const { utils } = (await import('ssh2')).default
  const parsed = utils.parseKey(text, passphrase)
  if (!(parsed instanceof Error)) return openPem(parsed.getPrivatePEM(), undefined)
  if (/no passphrase given|bad passphrase/.test(parsed.message)) throw new KeyFault('locked', 'it has a passphrase')
  throw new KeyFault('useless', `it is PuTTY's: puttygen ${path} -O private-openssh -o NEW makes one for OpenSSH`)
}

function keyOf(pem: string, passphrase: string | undefined): KeyObject {
  const locked = ENCRYPTED.test(pem)
  if (locked && passphrase === undefined) throw new KeyFault('locked', 'it has a passphrase')
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(locked ? { passphrase } : {}) })
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (UNSUPPORTED.includes(code)) throw new KeyFault('unsupported', `${TOO_OLD}: ${message}: ${ENCRYPT_ANEW}`)
    if (locked) throw new KeyFault('locked', 'the passphrase is wrong')
    throw new KeyFault('useless', `it is damaged: ${message}`)
  }
}
