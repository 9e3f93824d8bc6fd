// The TSIG key (RFC 8945) that signs updates: a file on this machine, or the key itself.
import type { DnsKey } from '../../../mail/formats/dns-text.ts'
import { tsigKey } from '../../../mail/formats/tsig-key.ts'
import { Secret } from '../../../shell/secret.ts'

export type SigningKey =
  /** `path`: as the inventory has it. */
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'value'; readonly key: Secret<DnsKey> }

/** As tsig-keygen(8) writes it. */
const WRITTEN =
  /^\s*key\s+"?([\w.-]+)"?\s*\{\s*algorithm\s+"?([\w-]+)"?\s*;\s*secret\s+"?([\w+/=]+)"?\s*;\s*\}\s*;?\s*$/

export const WANTED = 'what tsig-keygen writes is wanted, key "NAME" { algorithm hmac-sha256; secret "…"; };'

export const isTsigKey = (text: string): boolean => parsed(text) !== undefined

function parsed(text: string): DnsKey | undefined {
  const [, name, algorithm, secret] = WRITTEN.exec(text) ?? []
  return name === undefined ? undefined : tsigKey(name, algorithm!, secret!)
}

/** `undefined`: there is none. */
export function keyOf({ key_file: file, key }: KeyVars): SigningKey | undefined {
  if (key !== undefined) return { kind: 'value', key: new Secret(parsed(key.reveal())!) }
  return file === undefined ? undefined : { kind: 'file', path: file }
}

export interface KeyVars {
  readonly key_file?: string | undefined
  /** As {@link isTsigKey} has it. */
  readonly key?: Secret | undefined
}
