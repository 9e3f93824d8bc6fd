// Explains why OpenDKIM cannot sign with a key file as it is on the host, and what to do.
import { keyOutOfReach } from './key-reach.ts'
import { unusable } from './unusable.ts'
import { isKnown } from '../../../core/unknown.ts'
import { ancestorsOf, type Signing } from '../../keys/signing.ts'

const MOVE_AWAY = 'move it away, and a new key is made'
/** Of a key that the host's tables name: one that is made in its place has another record. */
const MEND =
  'put the right file back from a backup; else move it away, and give the host another dkim_selector ' +
  '(docs/mail/lost-keys.md)'

/** `undefined` where a key can be used, once it has the right owner and mode, or can be made. */
export function keyProblem({ path, key, inUse, directories, groups }: Signing): string | undefined {
  if (key.kind === 'invalid') {
    return (
      `${path} is there and holds no private key that can be used without a passphrase: ` +
      `it is not overwritten; ${inUse ? MEND : MOVE_AWAY}`
    )
  }
  if (key.kind === 'symlink') {
    return (
      `${path} is a symbolic link: put the key itself there, ` +
      'for whoever may change the link could have any file given to opendkim'
    )
  }
  if (/[:%]/.test(path)) {
    return (
      `${path} has a colon or a percent sign in it, which mean something else in a KeyTable: ` +
      'move the key, and name it there'
    )
  }
  const wrong = key.kind === 'key' && isKnown(key.publicKey) ? unusable(key.publicKey) : undefined
  if (wrong !== undefined) return `${path} cannot be signed with: ${wrong}; ${inUse ? MEND : MOVE_AWAY}`
  const outOfReach = keyOutOfReach(ancestorsOf(path), directories, groups)
  return outOfReach === undefined ? undefined : `${path}: ${outOfReach}`
}
