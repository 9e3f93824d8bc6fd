// Refuses paths, owners and groups that can only be a mistake, such as a relative path.

const LONGEST_PART = 240
/** Of UTF-8, for each unit of a string. */
const MOST_BYTES = 3

/** What is wrong with a path argument, or `undefined`. */
export function checkPath(argument: string, path: string): string | undefined {
  const shown = JSON.stringify(path)
  if (!path.startsWith('/')) return `${argument} must be an absolute path, got ${shown}`
  if (path.includes('\0')) return `${argument} cannot hold a NUL character, got ${shown}`
  if (path.length > 1 && path.endsWith('/')) return `${argument} must not end with a slash, got ${shown}`
  if (/\/\.{0,2}(?:\/|$)/.test(path) && path !== '/')
    return `${argument} must not hold empty parts, "." or "..", got ${shown}`
  if (path.length * MOST_BYTES <= LONGEST_PART) return undefined
  if (Buffer.byteLength(path) > 4095 || path.split('/').some((part) => Buffer.byteLength(part) > LONGEST_PART))
    return `${argument} is too long for a path, got ${shown}`
  return undefined
}

/** What is wrong with an owner or a group, or `undefined`. */
export function checkAttributes({
  owner,
  group,
}: {
  readonly owner?: string
  readonly group?: string
}): string | undefined {
  for (const [argument, name] of [
    ['owner', owner],
    ['group', group],
  ] as const) {
    if (name !== undefined && !/^[a-z_][a-z0-9_.-]*\$?$|^\d+$/i.test(name))
      return `${argument} must be a name or a number, got ${JSON.stringify(name)}`
  }
  return undefined
}
