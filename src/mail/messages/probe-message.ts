// The message about which milters are asked. Both sides know every byte of it, so a signature on it can be verified.
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * How a message reaches Postfix: from a program on the host, from a client that logged in, from anybody, or as a bounce
 * of the host itself.
 */
export const PROBE_ROLES = ['local', 'submission', 'outsider', 'bounce'] as const
export type ProbeRole = (typeof PROBE_ROLES)[number]

/**
 * With CRLF. `@DOMAIN@`, `@ROLE@` and `@NONCE@` stand for the domain, the role and the nonce.
 *
 * @param date - for its Date field
 */
export const probeTemplate = (date: Date): string =>
  [
    'From: mailrun <postmaster@@DOMAIN@>',
    'To: mailrun-verify@mailrun.invalid',
    'Subject: mailrun verify, @ROLE@',
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'Message-ID: <@NONCE@.@ROLE@@@DOMAIN@>',
    // As in mail to many recipients (RFC 8058).
    'List-Unsubscribe: <https://mailrun.invalid/unsubscribe>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'A milter is asked whether it would sign this. It is sent to nobody.',
    '',
  ].join('\r\n')

export const filledTemplate = (template: string, domain: string, role: string, nonce: string): string =>
  template.replaceAll('@DOMAIN@', domain).replaceAll('@ROLE@', role).replaceAll('@NONCE@', nonce)

/** A header field in the form of a milter: lines separated by LF, with the blank after the colon. */
export interface GivenField {
  /** The position of the field before which it is inserted. Left out: after all fields. */
  readonly index?: number
  readonly name: string
  readonly value: string
}

/** The message as it would leave, with everything that the milters added. */
export function withFields(message: Untrusted, fields: readonly GivenField[]): string {
  const end = message.indexOf('\r\n\r\n')
  const head = message.slice(0, end).split('\r\n')
  for (const { index, name, value } of fields)
    head.splice(index ?? head.length, 0, `${name}:${value.replaceAll(/\r?\n/g, '\r\n')}`)
  return `${head.join('\r\n')}${message.slice(end)}`
}
