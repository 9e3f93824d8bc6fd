// Malformed and odd known_hosts files, the same ones for the same seed.
import { hashedName } from '../../src/ssh/host-keys/known-hosts.ts'
import { ed25519Key, testKey, type TestKey } from '../host-keys.ts'

export interface KnownHostsCase {
  /** One character for each byte. */
  readonly text: string
  readonly name: string
  /** Stands nowhere in the text. */
  readonly absent: TestKey
  /** May stand in the text. */
  readonly present: TestKey
}

const NAMES = ['mx1.example.org', '[mx1.example.org]:2222', '2001:db8::1', 'MX1', 'a'.repeat(64)]
const NOISE = [
  '',
  ' ',
  '\t',
  '\r',
  '\0',
  '\v',
  '#',
  '@',
  '|',
  '|1|',
  '!',
  '*',
  '?',
  ',',
  '[',
  ']:',
  '\x80',
  '\xff',
  '=',
  '==',
  '@revoked',
  '@cert-authority',
  '@revoked ',
  'ssh-rsa',
  'ssh-ed25519',
  '*a'.repeat(400),
  'x'.repeat(5000),
  '-1',
  '\n\n',
]

/** @example for (const each of cases(1, 1000)) parseKnownHosts(each.text, 'fuzz') */
export function* cases(seed: number, count: number): Generator<KnownHostsCase> {
  const random = numbers(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!
  for (let index = 0; index < count; index += 1) {
    const present = ed25519Key(`present ${seed} ${index}`)
    const absent = ed25519Key(`absent ${seed} ${index}`)
    const near = testKey('ssh-ed25519', absent.blob.subarray(15, 15 + below(36)))
    const name = pick(NAMES)
    const salt = Buffer.from(absent.blob.subarray(-20))
    const hosts = (): string =>
      pick([
        name,
        `*,!${name}`,
        `other,${name}`,
        name.toUpperCase(),
        hashedName(name, salt),
        hashedName('other', salt),
        '*',
        '*?*?*?*',
        `${'*a'.repeat(below(50))}*`,
        `!!${name}`,
        `${'x'.repeat(below(2000))},${name}`,
      ])
    const line = (): string => {
      const marker = pick(['', '', '', '@revoked ', '@cert-authority ', '@revoked\t', '@unknown '])
      const names = hosts() + pick([' ', '\t', '  '])
      const key = pick([present, present, near, ed25519Key('third')]).text
      const sound = `${marker}${names}${key}${pick(['', ' a comment', '\r'])}`
      return Array.from({ length: below(4) }).reduce<string>((text) => mutated(text), sound)
    }
    const mutated = (text: string): string => {
      const at = below(text.length + 1)
      switch (below(4)) {
        case 0:
          return text.slice(0, at)
        case 1:
          return text.slice(0, at) + pick(NOISE) + text.slice(at)
        case 2:
          return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1)
        default:
          return text.slice(at) + text.slice(0, at)
      }
    }
    yield {
      text: Array.from({ length: below(8) }, line).join(pick(['\n', '\n', '\r\n', '\n\n', '\r'])),
      name,
      absent,
      present,
    }
  }
}

/** Mulberry32: numbers from 0 up to 1. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
