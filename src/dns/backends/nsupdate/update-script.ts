// Writes a change as commands for nsupdate(1): one message, with prerequisites (RFC 2136, section 2.4) that fail if
// somebody else has changed the set.
import { dnsLine, type DnsAddress, type DnsKey, type DnsLine } from '../../../mail/formats/dns-text.ts'
import type { WrittenChange } from '../written-change.ts'

declare const commands: unique symbol

/** What nsupdate is given: made here alone, of checked lines. */
export type UpdateScript = string & { readonly [commands]: true }

/**
 * @param server - `undefined`: it is named before.
 * @param key - that the message is signed with; `undefined`: nsupdate is given one in another way.
 */
export function updateScript(
  { zone, owner, type, before, remove, add, ttl }: WrittenChange,
  server: { readonly address: DnsAddress; readonly port: number } | undefined,
  key: DnsKey | undefined,
): UpdateScript {
  return scriptOf([
    ...keyLines(key),
    ...(server === undefined ? [] : [dnsLine`server ${server.address} ${server.port}`]),
    dnsLine`zone ${zone}`,
    // Beside a CNAME an addition is passed over without a word (RFC 2136, section 3.4.2.2).
    ...(before === undefined
      ? [dnsLine`prereq nxrrset ${owner} CNAME`, dnsLine`prereq nxrrset ${owner} ${type}`]
      : before.data.map((each) => dnsLine`prereq yxrrset ${owner} ${type} ${each}`)),
    ...remove.map((each) => dnsLine`update delete ${owner} ${type} ${each}`),
    ...add.map((each) => dnsLine`update add ${owner} ${ttl} ${type} ${each}`),
    dnsLine`send`,
    dnsLine`answer`,
  ])
}

/** For a program that is asked whether it is there, and reads its key. */
export const noUpdate = (key: DnsKey | undefined): UpdateScript => scriptOf([...keyLines(key), dnsLine`quit`])

const keyLines = (key: DnsKey | undefined): readonly DnsLine[] => (key === undefined ? [] : [dnsLine`key ${key}`])

const scriptOf = (lines: readonly DnsLine[]): UpdateScript => lines.map((line) => `${line}\n`).join('') as UpdateScript
