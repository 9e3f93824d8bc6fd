// An error whose message is meant for the operator: shown without a stack.

import { maskKnown } from '../shell/mask-known.ts'

/**
 * Shows no secret that is known when it is made. Thrown for what can be known before any host is touched: usage,
 * playbook, inventory, vars. `where` is file:line.
 */
export class MailrunError extends Error {
  override readonly name: string = 'MailrunError'
  readonly where: string | undefined

  constructor(message: string, where?: string) {
    super(maskKnown(where === undefined ? message : `${where}: ${message}`))
    this.where = where
  }
}
