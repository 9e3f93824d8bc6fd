// %C: what tells one connection from another.
import { createHash } from 'node:crypto'

/** Of this machine's name, the host, the port and the user, as bytes. */
export const connectionHash = (...parts: readonly string[]): string =>
  createHash('sha1').update(parts.join(''), 'latin1').digest('hex')
