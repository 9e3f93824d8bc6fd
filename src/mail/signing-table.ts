// OpenDKIM's KeyTable and SigningTable as lines: which key signs for whom (opendkim.conf(5), `KeyTable file:…`,
// `SigningTable refile:…`).
import { signerOf } from './own-name.ts'

/** A key that a host signs with. */
export interface TableKey {
  readonly domain: string
  readonly selector: string
  /** The private key's path. */
  readonly path: string
}

/** The daemon looks names of the KeyTable up as they are written: both tables write the selector as the host has it. */
const keyName = ({ domain, selector }: Omit<TableKey, 'path'>): string => `${selector}._domainkey.${domain}`

export const keyTableLines = (keys: readonly TableKey[]): readonly string[] =>
  keys.map((key) => `${keyName(key)} ${key.domain}:${key.selector}:${key.path}`)

/**
 * Of a `refile:` the first line that matches counts, so names stand before the domains that they are in.
 *
 * @param hostName - the host's own: signed by the key of the nearest domain above it, and not where there is none.
 */
export function signingTableLines(keys: readonly TableKey[], hostName: string | undefined): readonly string[] {
  const signer =
    hostName === undefined
      ? undefined
      : signerOf(
          hostName,
          keys.map(({ domain }) => domain),
        )
  const own = keys
    .filter(({ domain }) => domain === signer && domain !== hostName)
    .map((key) => ({ ...key, name: hostName! }))
  const depth = (name: string): number => name.split('.').length
  return [...own, ...keys.map((key) => ({ ...key, name: key.domain }))]
    .sort((a, b) => depth(b.name) - depth(a.name))
    .map(({ name, ...key }) => `*@${name} ${keyName(key)}`)
}
