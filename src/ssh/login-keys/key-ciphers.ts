// The ciphers that can encrypt OpenSSH's private keys: all of cipher.c of OpenSSH 9.2.
import { createDecipheriv, type CipherGCMTypes, type DecipherGCM } from 'node:crypto'
import { openChachaPoly } from './chacha-poly.ts'

export interface KeyCipher {
  readonly keyBytes: number
  readonly ivBytes: number
  readonly blockBytes: number
  /** Bytes of the tag that follows the text. */
  readonly tagBytes: number
  /** @throws Error if the key is wrong and the cipher can detect it. */
  open(key: Buffer, iv: Buffer, sealed: Buffer, tag: Buffer): Buffer
}

const GCM_IV_BYTES = 12
const TAG_BYTES = 16

const plain = (name: string, keyBytes: number, blockBytes: number): KeyCipher => ({
  keyBytes,
  ivBytes: blockBytes,
  blockBytes,
  tagBytes: 0,
  open(key, iv, sealed) {
    const decipher = createDecipheriv(name, key, iv).setAutoPadding(false)
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  },
})

const gcm = (name: CipherGCMTypes, keyBytes: number): KeyCipher => ({
  keyBytes,
  ivBytes: GCM_IV_BYTES,
  blockBytes: 16,
  tagBytes: TAG_BYTES,
  open(key, iv, sealed, tag) {
    const decipher: DecipherGCM = createDecipheriv(name, key, iv).setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  },
})

/** The ciphers by OpenSSH's names. */
export const KEY_CIPHERS: ReadonlyMap<string, KeyCipher> = new Map([
  ['3des-cbc', plain('des-ede3-cbc', 24, 8)],
  ['aes128-cbc', plain('aes-128-cbc', 16, 16)],
  ['aes192-cbc', plain('aes-192-cbc', 24, 16)],
  ['aes256-cbc', plain('aes-256-cbc', 32, 16)],
  ['aes128-ctr', plain('aes-128-ctr', 16, 16)],
  ['aes192-ctr', plain('aes-192-ctr', 24, 16)],
  ['aes256-ctr', plain('aes-256-ctr', 32, 16)],
  ['aes128-gcm@openssh.com', gcm('aes-128-gcm', 16)],
  ['aes256-gcm@openssh.com', gcm('aes-256-gcm', 32)],
  [
    'chacha20-poly1305@openssh.com',
    {
      keyBytes: 64,
      ivBytes: 0,
      blockBytes: 8,
      tagBytes: TAG_BYTES,
      open: (key, _iv, sealed, tag) => openChachaPoly(key, sealed, tag),
    },
  ],
])
