// Decrypts what is encrypted with age. It reads identity files and asks for a passphrase only when the first encrypted
// value is found.
import { createHash } from 'node:crypto'
import type { Identity } from 'age-encryption'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Secret } from '../shell/secret.ts'
import { isArmoured, recipientKinds } from './age-format.ts'
import { readIdentities } from './identity-files.ts'
import { CannotOpen } from './unopened.ts'

export interface Keyring {
  /** Identity files, for programs that bring their own way to open things (sops). */
  readonly identityFiles: readonly string[]
  /**
   * The plain bytes of an age file, binary or armoured.
   *
   * @param where - file:line.
   * @throws CannotOpen where there is nothing to open it with; MailrunError where the passphrase is wrong, or the file
   * is damaged.
   */
  open(sealed: Uint8Array, where: string): Promise<Uint8Array>
}

export interface KeyringSource {
  /** As age-keygen(1) writes them; encrypted with a passphrase, too. */
  readonly identityFiles: readonly string[]
  /** Is asked for at most once for each of `what`. `undefined`: there is nobody to ask. */
  readonly passphrase: ((what: string) => Promise<Secret>) | undefined
  readonly warn: (line: string) => void
}

const HOW_TO_GIVE_IDENTITY = 'give one with --age-identity FILE or MAILRUN_AGE_IDENTITY'

type AskPassphrase = (what: string, where: string) => Promise<Secret>

/** Asks for each passphrase at most once. */
function askOnce(passphrase: KeyringSource['passphrase']): AskPassphrase {
  const asked = new Map<string, Promise<Secret>>()
  return (what, where) => {
    if (passphrase === undefined) {
      throw new CannotOpen('this is encrypted with a passphrase, and none is given: --age-passphrase-file FILE', where)
    }
    const before = asked.get(what)
    if (before) return before
    const answer = passphrase(what).catch((error: unknown) => {
      throw error instanceof MailrunError
        ? new CannotOpen(`this is encrypted with a passphrase: ${error.message}`, where)
        : error
    })
    asked.set(what, answer)
    return answer
  }
}

/** Reads nothing yet. */
export function keyringOf({ identityFiles, passphrase, warn }: KeyringSource): Keyring {
  const ask = askOnce(passphrase)
  const passphraseFor = async (what: string, where: string): Promise<Identity> => {
    const { passphraseIdentity } = await import('./passphrase-identity.ts')
    return passphraseIdentity((await ask(what, where)).reveal())
  }
  const openIdentities = async (binary: Uint8Array, file: string): Promise<Uint8Array> => {
    const identity = await passphraseFor(`the identity file ${file}`, file)
    return decrypted(binary, [identity], { kinds: ['scrypt'], identityFiles, where: file })
  }
  let fromFiles: Promise<readonly string[]> | undefined
  const identitiesFor = async (kinds: readonly string[], where: string): Promise<readonly (string | Identity)[]> => {
    if (kinds.includes('scrypt')) return [await passphraseFor('what is encrypted with one', where)]
    if (identityFiles.length === 0)
      throw new CannotOpen(`this is encrypted with age, and no identity is given: ${HOW_TO_GIVE_IDENTITY}`, where)
    fromFiles ??= readIdentities(identityFiles, openIdentities, warn)
    return fromFiles
  }
  const opened = new Map<string, Promise<Uint8Array>>()

  const openBinary = async (binary: Uint8Array, where: string): Promise<Uint8Array> => {
    const kinds = recipientKinds(binary)
    const identities = await identitiesFor(kinds, where)
    return decrypted(binary, identities, { kinds, identityFiles, where })
  }

  return {
    identityFiles,
    async open(sealed, where) {
      const binary = isArmoured(sealed) ? await unarmoured(sealed, where) : sealed
      // The same value stands in many hosts' vars; a passphrase costs half a second each time.
      const key = createHash('sha256').update(binary).digest('hex')
      const before = opened.get(key)
      if (before) return before
      const now = openBinary(binary, where)
      opened.set(key, now)
      return now
    },
  }
}

/** For the words of a refusal. */
interface Sealed {
  /** Of its recipients. */
  readonly kinds: readonly string[]
  /** What was tried on it. */
  readonly identityFiles: readonly string[]
  readonly where: string
}

async function decrypted(
  binary: Uint8Array,
  identities: readonly (string | Identity)[],
  sealed: Sealed,
): Promise<Uint8Array> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  return decrypter.decrypt(binary, 'uint8array').catch((error: Error) => {
    throw refusal(error, sealed)
  })
}

async function unarmoured(sealed: Uint8Array, where: string): Promise<Uint8Array> {
  const { armor } = await import('age-encryption')
  try {
    return armor.decode(Buffer.from(sealed).toString('latin1'))
  } catch (error) {
    throw damaged(error as Error, where)
  }
}

function refusal(error: Error, { kinds, identityFiles, where }: Sealed): MailrunError {
  if (error instanceof MailrunError) return error
  if (!error.message.includes('no identity matched')) return damaged(error, where)
  if (kinds.includes('scrypt')) return new MailrunError('the passphrase does not open this', where)
  const isForAgeAlone = !kinds.some((kind) => /^(?:X25519|mlkem768x25519)$/.test(kind))
  const why = isForAgeAlone
    ? `it is encrypted to recipients of the kind ${kinds.join(', ')}, which only the age program can open; ` +
      'encrypt it to an age1… recipient, too'
    : 'it is encrypted to other recipients'
  return new CannotOpen(`no identity in ${identityFiles.join(', ')} opens this: ${why}`, where)
}

const damaged = (error: Error, where: string): MailrunError =>
  new MailrunError(`this age file is damaged, or not whole: ${error.message}`, where)
