// What DNS is to serve for a key at each point of its life. `mailrun rotate` and `mailrun dns` share this answer.
import type { Standing } from './history.ts'

/** `key`: verifiers find it. `revoked`: an empty `p=`. `gone`: no record; nobody publishes one any more. */
export type DnsWish = 'key' | 'revoked' | 'gone'

/** @param inUse - whether the host's tables name it. What they name must be found, whatever else is said of it. */
export function dnsWish(
  { last, compromised }: Pick<Standing<unknown>, 'last' | 'compromised'>,
  inUse: boolean,
): DnsWish {
  if (inUse) return 'key'
  switch (last?.event) {
    case undefined:
    case 'removing':
    case 'removed':
      return 'gone'
    case 'revoking':
    case 'revoked':
      return 'revoked'
    default:
      return compromised ? 'revoked' : 'key'
  }
}
