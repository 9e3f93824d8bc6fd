// An RSA key as PuTTY before 0.75 wrote it (PuTTY-User-Key-File-2), for tests.
import { createCipheriv, createHash, createHmac, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { wireMpint, wireString } from '../../../src/ssh/login-keys/wire.ts'

export type RsaParts = Readonly<Record<'n' | 'e' | 'd' | 'p' | 'q' | 'qi', Buffer>>

/** Of a key in PEM. */
export function rsaParts(path: string): RsaParts {
  const jwk = createPrivateKey(readFileSync(path, 'utf8')).export({ format: 'jwk' })
  const part = (name: keyof RsaParts): Buffer => Buffer.from(jwk[name] as string, 'base64url')
  return { n: part('n'), e: part('e'), d: part('d'), p: part('p'), q: part('q'), qi: part('qi') }
}

const BLOCK_BYTES = 16

export function puttyKey({ n, e, d, p, q, qi }: RsaParts, passphrase: string | undefined): string {
  const encryption = passphrase === undefined ? 'none' : 'aes256-cbc'
  const open = Buffer.concat([wireString('ssh-rsa'), wireMpint(e), wireMpint(n)])
  const numbers = Buffer.concat([d, p, q, qi].map(wireMpint))
  const filled = Buffer.concat([numbers, Buffer.alloc((BLOCK_BYTES - (numbers.length % BLOCK_BYTES)) % BLOCK_BYTES)])
  const plain = passphrase === undefined ? numbers : filled
  const mac = createHmac('sha1', sha1('putty-private-key-file-mac-key', passphrase ?? ''))
    .update(Buffer.concat([wireString('ssh-rsa'), wireString(encryption), wireString('c'), wireString(open)]))
    .update(wireString(plain))
    .digest('hex')
  const lines = (data: Buffer): readonly string[] => data.toString('base64').match(/.{1,64}/g)!
  const body = passphrase === undefined ? plain : encrypted(plain, passphrase)
  return [
    'PuTTY-User-Key-File-2: ssh-rsa',
    `Encryption: ${encryption}`,
    'Comment: c',
    `Public-Lines: ${lines(open).length}`,
    ...lines(open),
    `Private-Lines: ${lines(body).length}`,
    ...lines(body),
    `Private-MAC: ${mac}`,
    '',
  ].join('\n')
}

const sha1 = (...texts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('sha1')
  for (const text of texts) hash.update(text)
  return hash.digest()
}

function encrypted(data: Buffer, passphrase: string): Buffer {
  const key = Buffer.concat([0, 1].map((count) => sha1(Buffer.of(0, 0, 0, count), passphrase))).subarray(0, 32)
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(BLOCK_BYTES)).setAutoPadding(false)
  return Buffer.concat([cipher.update(data), cipher.final()])
}
