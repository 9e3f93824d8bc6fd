// Numbers as OpenSSH reads them: strtonum(3), TIME FORMATS of sshd_config(5), sizes with K, M, G.
import { servicePort } from '../machine.ts'

const INT_MAX = 2147483647
const LLONG_MAX = 9223372036854775807n

/** Leading white space and a sign are taken, as strtoll(3) does. */
function wholeNumber(text: string, most: number): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(text)) return undefined
  const number = Number(text)
  return number >= 0 && number <= most ? Math.abs(number) : undefined
}

export const intNumber = (text: string): number | undefined => wholeNumber(text, INT_MAX)

/** 0 to 65535, or the name of a service. */
export const portNumber = (text: string): number | undefined => wholeNumber(text, 65535) ?? servicePort(text)

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }

/** Seconds of `1h30m`. */
export function seconds(text: string): number | undefined {
  if (text === '') return undefined
  let total = 0
  for (let rest = text; rest !== '';) {
    const part = /^[ \t\n\v\f\r]*([+-]?\d+)(?:([smhdw])|$)/i.exec(rest)
    if (part === null) return undefined
    const number = Number(part[1])
    const unit = UNITS[(part[2] ?? 's').toLowerCase()]!
    if (number < 0 || number > Math.floor(INT_MAX / unit)) return undefined
    total += Math.abs(number) * unit
    if (total > INT_MAX) return undefined
    rest = rest.slice(part[0].length)
  }
  return total
}

/** Bytes of `1.5G`: scan_scaled(3). */
export function scaledNumber(text: string): bigint | undefined {
  const [, sign = '', whole = '', point, fraction = '', rest = ''] =
    /^[ \t\n\v\f\r]*([+-]?)(\d*)(\.?)(\d*)(.*)$/s.exec(text) ?? []
  if (whole.length >= 21 || rest.startsWith('.')) return undefined
  const number = BigInt(whole === '' ? 0 : whole)
  if (number > LLONG_MAX) return undefined
  const minus = sign === '-' ? -1n : 1n
  // More digits than 19 after the point are passed over.
  const digits = point === '' ? '' : fraction.slice(0, 19)
  if (BigInt(digits === '' ? 0 : digits) > LLONG_MAX) return undefined
  if (rest === '') return number * minus
  const power = 'bkmgtpe'.indexOf(rest[0]!.toLowerCase())
  if (power < 0 || /^[0-9A-Za-z]/.test(rest.slice(1))) return undefined
  const factor = 1024n ** BigInt(power)
  if (number > LLONG_MAX / factor) return undefined
  let part = BigInt(digits === '' ? 0 : digits)
  let places = digits.length
  for (; part >= LLONG_MAX / factor; places -= 1) part /= 10n
  part *= factor
  for (; places > 0; places -= 1) part /= 10n
  return (number * factor + part) * minus
}

/** An end of a tun device: its number, or any. */
export const tunEnd = (text: string): string | undefined =>
  text.toLowerCase() === 'any' ? 'any' : wholeNumber(text, 0x7fffffff - 2)?.toString()

const SERVICE_CLASSES: readonly (readonly [string, number])[] = [
  ['none', INT_MAX],
  ['af11', 0x28],
  ['af12', 0x30],
  ['af13', 0x38],
  ['af21', 0x48],
  ['af22', 0x50],
  ['af23', 0x58],
  ['af31', 0x68],
  ['af32', 0x70],
  ['af33', 0x78],
  ['af41', 0x88],
  ['af42', 0x90],
  ['af43', 0x98],
  ['cs0', 0],
  ['cs1', 0x20],
  ['cs2', 0x40],
  ['cs3', 0x60],
  ['cs4', 0x80],
  ['cs5', 0xa0],
  ['cs6', 0xc0],
  ['cs7', 0xe0],
  ['ef', 0xb8],
  ['le', 4],
  ['lowdelay', 0x10],
  ['throughput', 8],
  ['reliability', 4],
]

/** A type of service, under the name that is printed for it. */
export function serviceClass(text: string): string | undefined {
  const named = SERVICE_CLASSES.find(([name]) => name === text.toLowerCase())?.[1]
  const number = named ?? byteOf(text)
  if (number === undefined) return undefined
  return SERVICE_CLASSES.find(([, value]) => value === number)?.[0] ?? `0x${number.toString(16).padStart(2, '0')}`
}

function byteOf(text: string): number | undefined {
  const number = integerOf(text)
  return number === undefined || number < 0 || number > 255 ? undefined : number
}

/** strtol(3) in base 0. */
function integerOf(text: string): number | undefined {
  const [, sign, hex, octal, decimal] =
    /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9]\d*))$/.exec(text) ?? []
  if (sign === undefined) return undefined
  const number =
    hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal || '0', 8) : Number(decimal)
  return sign === '-' ? -number : number
}
