// A character in the form of vis(3), in which `ssh -G` prints EscapeChar.

/** @param code - decimal, or `none`. */
export function visible(code: string): string {
  if (code === 'none') return code
  const byte = Number(code)
  if (byte === 0x5c) return '\\\\'
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  if ((byte & 0x7f) === 0x20) return `\\${byte.toString(8).padStart(3, '0')}`
  const low = byte & 0x7f
  const meta = byte > 0x7f ? 'M' : ''
  if (low === 0x7f) return `\\${meta}^?`
  if (low < 0x20) return `\\${meta}^${String.fromCharCode(low + 64)}`
  return `\\${meta}-${String.fromCharCode(low)}`
}
