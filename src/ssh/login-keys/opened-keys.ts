// The private keys of a run. Each is decrypted once, because this may take a second.
import type { Secret } from '../../shell/secret.ts'
import type { KeyFile } from './key-file.ts'
import { KeyFault } from './key-fault.ts'
import { openPrivateKey, type PrivateKey } from './private-key.ts'

interface Opened {
  readonly passphrase: string | undefined
  readonly key: Promise<PrivateKey | KeyFault>
}

/** Of one run, which has its passphrases; by path. */
const runs = new WeakMap<object, Map<string, Opened>>()

/** @param run - the passphrases of the run. @param passphrase - `undefined`: nobody has said one. */
export function openedKey(
  { path, text }: KeyFile & { readonly text: string },
  passphrase: Secret | undefined,
  run: ReadonlyMap<string, Secret>,
): Promise<PrivateKey | KeyFault> {
  const ofRun = runs.get(run) ?? new Map<string, Opened>()
  runs.set(run, ofRun)
  const said = passphrase?.reveal()
  const known = ofRun.get(path)
  if (known !== undefined && known.passphrase === said) return known.key
  const key = openPrivateKey(path, text, said).catch((error: unknown) => {
    if (error instanceof KeyFault) return error
    throw error
  })
  ofRun.set(path, { passphrase: said, key })
  return key
}
