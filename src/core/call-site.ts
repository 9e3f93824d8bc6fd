// Finds the line of a user's file in which a function was called, for errors that point there.
import { fileURLToPath } from 'node:url'

/** The compiled code of the package: in the bundle a shipped playbook's tasks are called there, for a user's file. */
const OWN = `${import.meta.dirname}/`
/** How many calls may lie between a user's line and the function. */
const FRAMES = 12

/** By the stack's text: a playbook's lines are few, and each makes its tasks for every host. */
const known = new Map<string, readonly string[]>()
/** Of a playbook that makes functions anew for each host. */
const KNOWN_AT_MOST = 10_000

/** `file:line` of who called `callee`, or `undefined` where the stack does not tell. */
export function callSite(callee: (...args: never[]) => unknown): string | undefined {
  const [nearest] = sitesOf(callee, 1)
  if (nearest === undefined || !nearest.startsWith(OWN)) return nearest
  return sitesOf(callee, FRAMES).find((site) => !site.startsWith(OWN)) ?? nearest
}

/** From the nearest call on. */
function sitesOf(callee: (...args: never[]) => unknown, frames: number): readonly string[] {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = frames
  Error.captureStackTrace(holder, callee)
  Error.stackTraceLimit = limit
  const { stack = '' } = holder
  const before = known.get(stack)
  if (before !== undefined) return before
  if (known.size === KNOWN_AT_MOST) known.clear()
  const sites = stack.split('\n').flatMap((line) => siteIn(line) ?? [])
  known.set(stack, sites)
  return sites
}

function siteIn(line: string): string | undefined {
  const match = /(?:\(|at (?:async )?)((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/.exec(line)
  if (!match?.[1]) return undefined
  const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1]
  return `${file}:${match[2]}`
}
