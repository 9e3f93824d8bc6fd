// What a run is refused with before any host is touched. It happens in this process: a command of its own for each
// refusal would take ten times as long.
import * as assert from 'uvu/assert'
import { listTasks } from '../../../src/commands/index.ts'
import { MailrunError } from '../../../src/core/mailrun-error.ts'

/** @returns the messages, one a line */
export async function refusal(playbook: string, inventory: string): Promise<string> {
  const error = await listTasks({ playbook, inventory }).catch((reason: unknown) => reason)
  assert.instance(error, MailrunError)
  return (error as MailrunError).message
}
