// Reads and decrypts the key files for a host, and explains why some of them cannot be used.
import type { ParsedKey } from 'ssh2'
import type { Secret } from '../../shell/secret.ts'
import { readKeyFile, type KeyFile } from './key-file.ts'
import { KeyFault } from './key-fault.ts'
import { openedKey } from './opened-keys.ts'
import type { PrivateKey } from './private-key.ts'
import type { IdentityFile, SshTarget } from '../ssh-target.ts'

/** Of `held` and `opened`, one at most. */
export interface RingFile extends IdentityFile {
  /** `undefined`: it is not there, or cannot be read. */
  readonly file: KeyFile | undefined
  /** The agent's key that is the file's. */
  readonly held: ParsedKey | undefined
  readonly opened: PrivateKey | undefined
  /** Why it cannot be used. */
  readonly fault: KeyFault | undefined
}

/** In their order. Keys that the agent holds, and those for the system's ssh, are not opened. */
export const ringFiles = (
  { identityFiles, passphrases }: SshTarget,
  ofAgent: readonly ParsedKey[],
): Promise<readonly RingFile[]> =>
  Promise.all(
    identityFiles.map(async ({ path, named }): Promise<RingFile> => {
      const none: RingFile = { path, named, file: undefined, held: undefined, opened: undefined, fault: undefined }
      const file = readOrFault(path)
      if (file === undefined) return none
      if (file instanceof KeyFault) return { ...none, fault: file }
      const held = ofAgent.find((key) => file.publicKey?.equals(key.getPublicSSH()) === true)
      const { text } = file
      if (held !== undefined || text === undefined || isForSystem(file)) return { ...none, file, held }
      const opened = await openedKey({ ...file, text }, passphrases.get(path), passphrases)
      return opened instanceof KeyFault ? { ...none, file, fault: opened } : { ...none, file, opened }
    }),
  )

function readOrFault(path: string): KeyFile | KeyFault | undefined {
  try {
    return readKeyFile(path)
  } catch (error) {
    return error instanceof KeyFault ? error : new KeyFault('useless', (error as Error).message)
  }
}

/** A certificate, or a key on a token. */
const isForSystem = ({ type, certified }: KeyFile): boolean => certified || type?.startsWith('sk-') === true

/** A key that is wanted and cannot be offered, and why. */
export function unusableWords(
  { path, named, file, held, fault }: RingFile,
  passphrases: ReadonlyMap<string, Secret>,
): readonly string[] {
  if (fault?.kind === 'locked') {
    return passphrases.has(path)
      ? [`${path}, which the passphrase that was given does not open (ansible_private_key_passphrase)`]
      : [`${path}, which has a passphrase (ssh-add it, or say ansible_private_key_passphrase)`]
  }
  if (fault !== undefined) return [`${path}, which cannot be used (${fault.message})`]
  if (!named) return []
  if (file === undefined) return [`${path}, which is not there`]
  return file.text === undefined && held === undefined ? [`${path}, a public key whose private one no agent holds`] : []
}

/** A key that only the system's ssh can use; a default one is not worth a try. */
export function systemWords({ path, named, file, fault }: RingFile): readonly string[] {
  if (file !== undefined && isForSystem(file)) return [path]
  return named && fault?.kind === 'unsupported' ? [`${path} (${fault.message})`] : []
}
