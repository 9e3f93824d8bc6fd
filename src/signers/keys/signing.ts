// The key with which a host signs for a domain, according to the signer's files and the key itself. It is the same for
// every signer.
import type { Known } from '../../core/unknown.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { SelectorPast } from './selector-past.ts'

export interface SigningQuestion {
  readonly domains: readonly string[]
  readonly selector: string
  /** Where the keys are: `DIRECTORY/DOMAIN/SELECTOR.private`. */
  readonly directory: string
  /** `just`: this key, even if the tables name another. Left out: the key that they name or, without one, this. */
  readonly which?: 'just'
  /** The path of a key that is not in the directory; there is then only one domain. It has no white space. */
  readonly path?: string
}

/** Owner, group and mode (four octal digits) of a directory. */
export interface DirectoryAttributes {
  readonly path: string
  readonly owner: string
  readonly group: string
  readonly mode: string
  /** A symbolic link, whatever its target is. */
  readonly link?: true
}

export interface Signing {
  readonly domain: string
  /** The selector in use or, if the host names none that has a key, the selector that was asked for. */
  readonly selector: string
  /** Whether the host signs with this key: its tables name the key, and the file exists. */
  readonly inUse: boolean
  /** The private key's path. */
  readonly path: string
  readonly key:
    | { readonly kind: 'absent' }
    /** No private key, or one with a passphrase. */
    | { readonly kind: 'invalid' }
    | { readonly kind: 'symlink' }
    | {
        readonly kind: 'key'
        readonly owner: string
        readonly group: string
        readonly mode: string
        /** SubjectPublicKeyInfo, DER, base64. */
        readonly publicKey: Known<string>
      }
  /** The existing directories above the key, and above the path of the first key. */
  readonly directories: readonly DirectoryAttributes[]
  /** The groups that the signer's user is in besides its own. */
  readonly groups: readonly string[]
  /** The past of a selector whose key is not in use. Left out: the host knows nothing about it. */
  readonly past?: SelectorPast
}

export const keyPath = (directory: string, domain: string, selector: string): string =>
  `${directory}/${domain}/${selector}.private`

/** PATH_MAX of limits.h: a longer text is no path. */
const LONGEST_PATH = 4096

/** `/a/b/c` → `/`, `/a`, `/a/b` */
export const ancestorsOf = (path: Untrusted): readonly string[] =>
  path.length > LONGEST_PATH
    ? []
    : path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/') || '/')
