// The name of a real thing on a host that tasks read and write: `path:/etc/x`, `user:vmail`, `unit:postfix`,
// `package:postfix`.
export type Resource = `${string}:${string}`

/**
 * Written by what may change or bring more than it can name: a package without known `provides`, a command without
 * `writes`. It makes no later task wait; but one that is blocked as things stand is asked again after it, not given up.
 * Read by a question that does not say what it looks at: every change before it may change its answer.
 */
export const ANYTHING: Resource = 'anything:'

/** Read by a question whose answer any package, or any unit, may change. */
export const PACKAGES: Resource = 'package:'
export const UNITS: Resource = 'unit:'

const PATH = 'path:'

/**
 * Whether a change of `written` can be seen by who reads `read`: the same thing, or one path below the other
 * (a directory covers what is below it, and what is made below it is seen in it).
 */
export function touches(written: Resource, read: Resource): boolean {
  if (written === read) return true
  if (read === PACKAGES || read === UNITS) return written.startsWith(read)
  if (!written.startsWith(PATH) || !read.startsWith(PATH)) return false
  return below(written, read) || below(read, written)
}

const below = (ancestor: string, path: string): boolean =>
  path.startsWith(ancestor.endsWith('/') ? ancestor : `${ancestor}/`)
