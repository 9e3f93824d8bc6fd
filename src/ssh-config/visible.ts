// A character in the form of vis(3), in which `ssh -G` prints EscapeChar.

/** @param code - decimal, or `none`. */
export function visible(code: string): string {
  if (code === 'none') return code
  const byte = Number(code)
  if (byte === 0x5c) return '\\\\'
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  if ((byte & 0x7f) === 0x20) return `\\${byte.toString(8).padStart(3, '0')}`
  const low = byte & 0x7f
  const control = low < 0x20 || low === 0x7f
  return `\\${byte > 0x7f ? 'M' : ''}${control ? `^${low === 0x7f ? '?' : String.fromCharCode(low + 64)}` : `-${String.fromCharCode(low)}`}`
}
