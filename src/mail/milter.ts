// OpenDKIM's socket as Postfix writes it.

/** From opendkim.conf(5) to postconf(5). A socket below Postfix's queue directory is named relative to it, which a chroot does not change. */
export function milterOf(socket: string): string {
  const [kind, rest = ''] = [socket.slice(0, socket.indexOf(':')), socket.slice(socket.indexOf(':') + 1)]
  if (kind === 'local') return `unix:${rest.replace(/^\/var\/spool\/postfix\//, '')}`
  const [port, host = 'localhost'] = rest.split('@')
  return `inet:${host === 'localhost' ? '127.0.0.1' : host}:${port}`
}
