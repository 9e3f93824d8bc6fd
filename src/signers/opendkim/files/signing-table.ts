// Writes the lines of OpenDKIM's KeyTable and SigningTable, which say with which key each sender's mail is signed
// (opendkim.conf(5), `KeyTable file:…`, `SigningTable refile:…`).
import { signerOf } from '../../../mail/fleet/own-name.ts'

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

/** A line by which mail of another name is signed with a domain's key. */
export interface CarriedLine {
  /** `*@lists.example.org`, `*@*.example.org` */
  readonly pattern: string
  readonly domain: string
}

/**
 * Of a `refile:` the first line that matches counts, so names stand before the domains that they are in, and all below
 * a domain comes last.
 *
 * @param hostName - the host's own: signed by the key of the nearest domain above it, and not where there is none.
 * @param carried - what is signed besides, by the keys of these domains.
 */
export function signingTableLines(
  keys: readonly TableKey[],
  hostName: string | undefined,
  carried: readonly CarriedLine[],
): readonly string[] {
  const signer =
    hostName === undefined
      ? undefined
      : signerOf(
          hostName,
          keys.map(({ domain }) => domain),
        )
  const byDomain = new Map(keys.map((key) => [key.domain, key]))
  const own = signer === undefined || signer === hostName ? [] : [{ pattern: `*@${hostName!}`, domain: signer }]
  const lines = [...own, ...carried, ...keys.map(({ domain }) => ({ pattern: `*@${domain}`, domain }))]
  const depth = (pattern: string): number => pattern.split('.').length - (pattern.startsWith('*@*.') ? MANY : 0)
  return lines
    .sort((a, b) => depth(b.pattern) - depth(a.pattern))
    .flatMap(({ pattern, domain }) => {
      const key = byDomain.get(domain)
      return key === undefined ? [] : [`${pattern} ${keyName(key)}`]
    })
}

/** More labels than a name has (RFC 1035). */
const MANY = 1000
