// OpenDKIM's socket as Postfix writes it.
import type { Untrusted } from '../shell/untrusted.ts'

/**
 * From opendkim.conf(5) to postconf(5). A socket below Postfix's queue directory is named relative to it, which a
 * chroot does not change.
 */
export function milterOf(socket: Untrusted): string {
  const colon = socket.indexOf(':')
  const [kind, rest] = [socket.slice(0, colon), socket.slice(colon + 1)]
  if (kind === 'local') return `unix:${rest.replace(/^\/var\/spool\/postfix\//, '')}`
  const [port, host = 'localhost'] = rest.split('@')
  return `inet:${host === 'localhost' ? '127.0.0.1' : host}:${port}`
}
