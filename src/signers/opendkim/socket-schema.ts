// The schema of a var that says where OpenDKIM listens.
import * as v from 'valibot'

const portIsOne = (socket: string): boolean => {
  const port = /^inet:(\d+)@/.exec(socket)?.[1]
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)
}

/** What Postfix and Debian keep in the queue directory: none of these may become OpenDKIM's. */
const POSTFIX_OWN = [
  'active bounce corrupt defer deferred dev etc flush hold incoming lib',
  'maildrop pid private public run saved trace usr var',
].flatMap((names) => names.split(' '))

const inChroot = (socket: string): boolean => {
  const directory = /^local:\/var\/spool\/postfix\/([\w-]+)\/[\w.-]+$/.exec(socket)?.[1]
  return directory !== undefined && !POSTFIX_OWN.includes(directory)
}

/**
 * opendkim.conf(5), Socket: `inet:port@host` on this host, or `local:/path`; Debian's Postfix is chrooted, so the path
 * is in a directory of its own below its queue directory.
 */
export const opendkimSocket = v.pipe(
  v.string(({ input }) => `a socket is wanted, local:/path or inet:PORT@localhost; got ${JSON.stringify(input)}`),
  v.regex(
    /^(?:local:\/.*|inet:\d{1,5}@(?:localhost|127\.0\.0\.1|\[::1\]))$/,
    ({ input }) => `a socket of OpenDKIM is wanted, local:/path or inet:PORT@localhost; got ${JSON.stringify(input)}`,
  ),
  v.check(
    (socket) => !socket.startsWith('local:') || inChroot(socket),
    ({ input }) =>
      'a socket in a directory of its own below /var/spool/postfix is wanted, ' +
      'where the chrooted Postfix can reach it: local:/var/spool/postfix/opendkim/opendkim.sock; ' +
      `got ${JSON.stringify(input)}`,
  ),
  v.check(portIsOne, ({ input }) => `a port from 1 to 65535 is wanted; got ${JSON.stringify(input)}`),
  v.description(
    "OpenDKIM's socket: local:/path in a directory of its own below /var/spool/postfix, or inet:PORT@localhost",
  ),
)
