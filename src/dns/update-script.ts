// A change as commands for nsupdate(1): a message of its own, with prerequisites (RFC 2136, section 2.4) that hold only
// as long as nobody else changed the set.
import type { ServerAddress } from './name-server.ts'
import type { RrsetChange } from './wanted-change.ts'

/** @param server - `undefined`: it is named before. */
export function updateScript(
  { record: { name, type }, before, remove, add, ttl }: RrsetChange,
  zone: string,
  server: ServerAddress | undefined,
): string {
  const owner = `${name}.`
  return [
    ...(server === undefined ? [] : [`server ${server.address} ${server.port}`]),
    `zone ${zone}.`,
    // Beside a CNAME an addition is passed over without a word (RFC 2136, section 3.4.2.2).
    ...(before === undefined
      ? [`prereq nxrrset ${owner} CNAME`, `prereq nxrrset ${owner} ${type}`]
      : before.rdata.map(({ text }) => `prereq yxrrset ${owner} ${type} ${text}`)),
    ...remove.map(({ text }) => `update delete ${owner} ${type} ${text}`),
    ...add.map(({ text }) => `update add ${owner} ${ttl} ${type} ${text}`),
    'send',
    'answer',
    '',
  ].join('\n')
}
