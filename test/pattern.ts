// A pattern that is too long for one line, out of its parts.

/** Each part follows the one before; the flags are those of the first. */
export const pattern = (...parts: readonly RegExp[]): RegExp =>
  new RegExp(parts.map(({ source }) => source).join(''), parts[0]?.flags)
