// Schemas for vars about mail, with errors that say what is wanted.
import * as v from 'valibot'
import { isSelector, mailDomain } from './names.ts'

/** A mail domain; comes out in A-labels and lower case. */
export const domain = v.pipe(
  v.string('a domain name is wanted, such as example.org'),
  v.check((text) => mailDomain(text) !== undefined, ({ input }) => `a domain name is wanted, such as example.org; got ${JSON.stringify(input)}`),
  v.transform((text) => mailDomain(text)!),
)

export const selector = v.pipe(
  v.string('a DKIM selector is wanted'),
  v.check(isSelector, ({ input }) => `a DKIM selector is wanted: letters, digits and hyphens, in lower case; got ${JSON.stringify(input)}`),
)

const portIsOne = (socket: string): boolean => {
  const port = /^inet:(\d+)@/.exec(socket)?.[1]
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)
}

/** opendkim.conf(5), Socket: `local:/path` or `inet:port@host` on this host. */
export const opendkimSocket = v.pipe(
  v.string('a socket is wanted'),
  v.regex(/^(?:local:\/[\w./-]+|inet:\d{1,5}@(?:localhost|127\.0\.0\.1|\[::1\]))$/, ({ input }) => `a socket of OpenDKIM is wanted, local:/path or inet:PORT@localhost; got ${JSON.stringify(input)}`),
  v.check(portIsOne, ({ input }) => `a port from 1 to 65535 is wanted; got ${JSON.stringify(input)}`),
)
