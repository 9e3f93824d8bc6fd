// Reads what arrives on a connection before the login is done: counts the bytes, and keeps the lines that sshd sends
// before its identification.
import type { Duplex } from 'node:stream'
import { LOGIN_BYTES } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface LoginWords {
  /** sshd's identification has come: `SSH-2.0-…` (RFC 4253, section 4.2). */
  readonly identified: boolean
  /** What came before it, the first part. */
  readonly before: Untrusted
  /** Listens no more. */
  lift(): void
}

const KEPT_CHARACTERS = 4096

/** @param tooMuch - more came than any login needs; the connection is ended. */
export function loginWords(socket: Duplex, tooMuch: () => void): LoginWords {
  let bytes = 0
  let before = ''
  let identified = false
  const listen = (chunk: Untrusted<Buffer>): void => {
    bytes += chunk.length
    if (!identified && before.length < KEPT_CHARACTERS) {
      before = (before + chunk.toString('latin1')).slice(0, KEPT_CHARACTERS)
      identified = /^SSH-/m.test(before)
    }
    if (bytes <= LOGIN_BYTES) return
    tooMuch()
    socket.destroy()
  }
  socket.on('data', listen)
  return {
    get identified() {
      return identified
    },
    get before() {
      return before
    },
    lift: () => void socket.off('data', listen),
  }
}
