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

/** Whether an item of Postfix's list leads to OpenDKIM's socket, however the two write it. */
export function leadsTo(milter: Untrusted, socket: Untrusted): boolean {
  const path = /^(?:local|unix):(.*)$/.exec(socket)?.[1] ?? (socket.startsWith('/') ? socket : undefined)
  const named = /^(?:local|unix):(.*)$/.exec(milter)?.[1]
  if (path !== undefined || named !== undefined) {
    // For a chrooted Postfix every path begins in its queue directory.
    const plain = (text: Untrusted): string => text.replace(/^\/var\/run\//, '/run/')
    return (
      path !== undefined &&
      named !== undefined &&
      [named, `/var/spool/postfix/${named.replace(/^\//, '')}`].some((each) => plain(each) === plain(path))
    )
  }
  const of = (host: Untrusted | undefined): string =>
    host === undefined || ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', ''].includes(host) ? 'here' : host
  const [, port, host] = /^inet6?:(\d+)(?:@(.*))?$/.exec(socket) ?? []
  const [, asked, number] = /^inet6?:(.*):(\d+)$/.exec(milter) ?? []
  return port !== undefined && port === number && of(host) === of(asked)
}
