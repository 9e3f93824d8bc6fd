// Masks every secret that this process knows in a text. It is for texts that may contain anything, such as errors.
import { maskOf, type Mask } from './mask.ts'
import { knownSecrets } from './secret.ts'
import { textsOf } from './secrets-in.ts'

let made: { readonly size: number; readonly mask: Mask } | undefined

/** Costs as much as all secrets together: not for every line of a run, which knows its host's own. */
export function maskKnown(text: string): string {
  const known = knownSecrets()
  if (known.size === 0) return text
  if (made?.size !== known.size) made = { size: known.size, mask: maskOf([...known].flatMap(textsOf)) }
  return made.mask(text)
}
