// Where in a user's file a function was called, for errors that point there.
import { fileURLToPath } from 'node:url'

/** `file:line` of who called `callee`, or `undefined` where the stack does not tell. */
export function callSite(callee: (...args: never[]) => unknown): string | undefined {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace(holder, callee)
  Error.stackTraceLimit = limit
  const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/m.exec(holder.stack ?? '')
  if (!match?.[1]) return undefined
  const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1]
  return `${file}:${match[2]}`
}
