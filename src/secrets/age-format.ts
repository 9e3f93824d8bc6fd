// Recognizes an age file by its first bytes: binary or armoured, and which kinds of recipients its header names (C2SP,
// age-encryption.org/v1).

const MAGIC = 'age-encryption.org/v1\n'
const ARMOUR = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether this is an age file. */
export const isAge = (bytes: Uint8Array): boolean => startsWith(bytes, MAGIC) || isArmoured(bytes)

/** Whether it is one as text, as `age -a` writes it. */
export const isArmoured = (bytes: Uint8Array): boolean => startsWith(bytes, ARMOUR)

/** The kinds of a binary file's recipients, each once: `X25519`, `scrypt` (a passphrase), `ssh-ed25519`, … */
export function recipientKinds(binary: Uint8Array): readonly string[] {
  const header = Buffer.from(binary).toString('latin1').split('\n---', 1)[0]!
  return [
    ...new Set(
      [...header.matchAll(/^-> (\S+)/gm)].map(([, kind]) => kind!).filter((kind) => !kind.endsWith('-grease')),
    ),
  ]
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text
