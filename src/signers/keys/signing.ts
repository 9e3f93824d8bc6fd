// With which key a host signs for a domain, as its signer's files and the key itself tell; whichever signer that is.
import type { Known } from '../../core/unknown.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { SelectorPast } from './selector-past.ts'

export interface SigningQuestion {
  readonly domains: readonly string[]
  readonly selector: string
  /** Where the keys are: `DIRECTORY/DOMAIN/SELECTOR.private`. */
  readonly directory: string
  /** `just`: this key, whatever the host's tables name. Left out: the one that they name, else this. */
  readonly which?: 'just'
  /** Of the key, where it is not in the directory: then there is one domain. It has no white space. */
  readonly path?: string
}

/** Owner, group and mode (four octal digits) of a directory. */
export interface DirectoryAttributes {
  readonly path: string
  readonly owner: string
  readonly group: string
  readonly mode: string
  /** A symbolic link, whatever it leads to. */
  readonly link?: true
}

export interface Signing {
  readonly domain: string
  /** The selector in use; the one asked for where the host names none that has a key. */
  readonly selector: string
  /** Whether the host's tables name that key, and it is there: it signs with it. */
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
  /** Those above the key, and above the first key's path, that are there. */
  readonly directories: readonly DirectoryAttributes[]
  /** The groups that the signer's user is in besides its own. */
  readonly groups: readonly string[]
  /** Of a selector whose key is not in use; left out: the host knows nothing of it. */
  readonly past?: SelectorPast
}

export const keyPath = (directory: string, domain: string, selector: string): string =>
  `${directory}/${domain}/${selector}.private`

/** PATH_MAX of limits.h: what is longer is no path. */
const LONGEST_PATH = 4096

/** `/a/b/c` → `/`, `/a`, `/a/b` */
export const ancestorsOf = (path: Untrusted): readonly string[] =>
  path.length > LONGEST_PATH
    ? []
    : path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/') || '/')
