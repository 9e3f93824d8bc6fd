// Decrypts age files that are encrypted with a passphrase. It uses scrypt of Node, which takes half a second; the one
// in JavaScript takes four seconds and blocks everything else.
import { createDecipheriv, scrypt } from 'node:crypto'
import type { Identity } from 'age-encryption'

const LABEL = 'age-encryption.org/v1/scrypt'
/** As age(1) has it: a file that asks for more is an attack on who reads it. */
const WORK_AT_MOST = 22
const TAG_BYTES = 16

/** C2SP, age, "The scrypt recipient type". */
export const passphraseIdentity = (passphrase: string): Identity => ({
  async unwrapFileKey(stanzas) {
    const stanza = stanzas.find(({ args }) => args[0] === 'scrypt')
    if (stanza === undefined) return null
    const [, salt = '', work = ''] = stanza.args
    if (stanzas.length > 1) throw new Error('a passphrase is never one recipient among others')
    if (!/^[1-9][0-9]*$/.test(work)) throw new Error(`the work factor is ${work}`)
    if (Number(work) > WORK_AT_MOST) throw new Error(`the work factor 2^${work} is above 2^${WORK_AT_MOST}`)
    const key = await derived(
      passphrase,
      Buffer.concat([Buffer.from(LABEL), Buffer.from(salt, 'base64')]),
      2 ** Number(work),
    )
    const body = Buffer.from(stanza.body)
    const decipher = createDecipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: TAG_BYTES })
    decipher.setAuthTag(body.subarray(-TAG_BYTES))
    const fileKey = decipher.update(body.subarray(0, -TAG_BYTES))
    try {
      decipher.final()
      return new Uint8Array(fileKey)
    } catch {
      return null
    }
  },
})

const derived = (passphrase: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // RFC 7914: 128 · N · r bytes, and a little.
    scrypt(passphrase, salt, 32, { N: cost, r: 8, p: 1, maxmem: 128 * cost * 8 + (1 << 20) }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
