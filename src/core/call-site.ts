// Finds the line of a user's file in which a function was called, for errors that point there.
import { fileURLToPath } from 'node:url'

/** By the stack's text: a playbook's lines are few, and each makes its tasks for every host. */
const known = new Map<string, string | undefined>()

/** `file:line` of who called `callee`, or `undefined` where the stack does not tell. */
export function callSite(callee: (...args: never[]) => unknown): string | undefined {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace(holder, callee)
  Error.stackTraceLimit = limit
  const stack = holder.stack ?? ''
  if (!known.has(stack)) known.set(stack, siteIn(stack))
  return known.get(stack)
}

function siteIn(stack: string): string | undefined {
  const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/m.exec(stack)
  if (!match?.[1]) return undefined
  const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1]
  return `${file}:${match[2]}`
}
