// Why nothing can be signed with a key as it lies there, and what to do.
import { keyOutOfReach } from '../mail/key-reach.ts'
import { unusable } from '../mail/public-key.ts'
import { isKnown } from '../model/unknown.ts'
import { ancestorsOf, type Signing } from '../probes/signing.ts'

/** `undefined` where a key can be used, once it has the right owner and mode, or can be made. */
export function keyObstacle({ path, key, directories, groups }: Signing): string | undefined {
  if (key.kind === 'invalid') {
    return (
      `${path} is there and holds no private key that can be used without a passphrase: ` +
      'it is not overwritten; move it away, and a new key is made'
    )
  }
  if (key.kind === 'symlink') {
    return (
      `${path} is a symbolic link: put the key itself there, ` +
      'for whoever may change the link could have any file given to opendkim'
    )
  }
  const wrong = key.kind === 'key' && isKnown(key.publicKey) ? unusable(key.publicKey) : undefined
  if (wrong !== undefined) return `${path} cannot be signed with: ${wrong}; move it away, and a new key is made`
  const outOfReach = keyOutOfReach(ancestorsOf(path), directories, groups)
  return outOfReach === undefined ? undefined : `${path}: ${outOfReach}`
}
