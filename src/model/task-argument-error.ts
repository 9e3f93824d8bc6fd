// A task was given arguments that it cannot work with.
import { MailrunError } from './mailrun-error.ts'

export class TaskArgumentError extends MailrunError {
  override readonly name = 'TaskArgumentError'

  constructor(type: string, wrong: string, where: string | undefined) {
    super(`${type}: ${wrong}`, where)
  }
}
