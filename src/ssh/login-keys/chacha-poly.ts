// The cipher chacha20-poly1305@openssh.com (PROTOCOL.chacha20poly1305 of OpenSSH) for one message with sequence number
// 0, as in key files.
import { createDecipheriv, timingSafeEqual } from 'node:crypto'

const CIPHER_KEY_BYTES = 32
const BLOCK_BYTES = 16
/** 2^130 - 5 (RFC 8439, section 2.5). */
const PRIME = (1n << 130n) - 5n
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn

/**
 * @param key - 64 bytes, of which the second half is for lengths of packets.
 * @throws Error where the tag is not that of the message.
 */
export function openChachaPoly(key: Buffer, sealed: Buffer, tag: Buffer): Buffer {
  const cipherKey = key.subarray(0, CIPHER_KEY_BYTES)
  const own = poly1305(chacha20(cipherKey, 0, Buffer.alloc(CIPHER_KEY_BYTES)), sealed)
  if (tag.length !== own.length || !timingSafeEqual(own, tag)) throw new Error('the tag is another')
  return chacha20(cipherKey, 1, sealed)
}

/** @param block - where the key stream begins. */
function chacha20(key: Buffer, block: number, data: Buffer): Buffer {
  // The counter of blocks, little-endian, and the sequence number.
  const start = Buffer.alloc(BLOCK_BYTES)
  start.writeUInt32LE(block)
  const cipher = createDecipheriv('chacha20', key, start)
  return Buffer.concat([cipher.update(data), cipher.final()])
}

/** RFC 8439, section 2.5.1. */
function poly1305(key: Buffer, message: Buffer): Buffer {
  const factor = fromLittleEndian(key.subarray(0, BLOCK_BYTES)) & CLAMP
  let sum = 0n
  for (let at = 0; at < message.length; at += BLOCK_BYTES) {
    const block = message.subarray(at, at + BLOCK_BYTES)
    sum = ((sum + fromLittleEndian(block) + (1n << BigInt(8 * block.length))) * factor) % PRIME
  }
  const tag = BigInt.asUintN(8 * BLOCK_BYTES, sum + fromLittleEndian(key.subarray(BLOCK_BYTES)))
  return Buffer.from(tag.toString(16).padStart(2 * BLOCK_BYTES, '0'), 'hex').reverse()
}

const fromLittleEndian = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
