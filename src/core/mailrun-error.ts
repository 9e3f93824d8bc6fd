// An error with a message for the user, which is printed without a stack trace.

import { maskKnown } from '../shell/mask-known.ts'

/**
 * Shows no secret that is known when it is made. Thrown for what can be known before any host is touched: usage,
 * playbook, inventory, vars. `where` is file:line. Several messages are a list, each a line of its own; line feeds
 * within one are text of others, and shown as that.
 */
export class MailrunError extends Error {
  override readonly name: string = 'MailrunError'
  readonly where: string | undefined
  /** The message, one at least. */
  readonly messages: readonly string[]

  constructor(message: string | readonly string[], where?: string) {
    const [first = '', ...more] = typeof message === 'string' ? [message] : message
    const messages = [where === undefined ? first : `${where}: ${first}`, ...more].map(maskKnown)
    super(messages.join('\n'))
    this.where = where
    this.messages = messages
  }
}
