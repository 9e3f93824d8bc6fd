// An error whose message is meant for the operator: shown without a stack.

/** Thrown for what can be known before any host is touched: usage, playbook, inventory, vars. `where` is file:line. */
export class MailrunError extends Error {
  override readonly name: string = 'MailrunError'
  readonly where: string | undefined

  constructor(message: string, where?: string) {
    super(where === undefined ? message : `${where}: ${message}`)
    this.where = where
  }
}
