// Checks forward-confirmed reverse DNS: an address has a name, the name has the address, and so has the name with which
// the host greets (RFC 1912, section 2.1; RFC 5321, section 4.1.4).
import { failed, passed, unknown } from '../mail/proof/verdicts.ts'
import type { Authority } from '../dns/lookup/authority.ts'
import { MOST_REVERSE_NAMES } from '../dns/bounds/bounds.ts'
import { parseNetwork, renderNetwork } from '../mail/records/spf/network.ts'
import { valuesOf } from '../mail/records/dns-walk.ts'
import type { AddressProof, Verdict } from '../mail/proof/proof.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** @param helo - the HELO name; `undefined` if it is not known. */
export async function proveReverse(
  address: string,
  helo: string | undefined,
  authority: Authority,
): Promise<AddressProof> {
  const type = address.includes(':') ? 'AAAA' : 'A'
  const walker = authority.walker(`the names of ${address}`)
  const pointer = reverseName(address)
  const answer = await walker.resolve({ name: pointer, type: 'PTR' }, undefined)
  const names = valuesOf(answer).slice(0, MOST_REVERSE_NAMES)
  const proof = (verdict: Verdict): AddressProof => ({ address, names, verdict })
  if (answer.kind === 'failed') {
    return proof(unknown('dns-failed', `${pointer} cannot be asked for: ${answer.why}`))
  }
  if (names.length === 0) {
    return proof(
      failed(
        'no-ptr',
        `${address} has no name (no PTR record ${pointer})`,
        'whoever gave you the address sets it; large receivers refuse mail without',
      ),
    )
  }
  const has = async (name: Untrusted): Promise<boolean> =>
    valuesOf(await walker.resolve({ name, type }, undefined)).some((each) => canonical(each) === canonical(address))
  const confirmed = (await Promise.all(names.map(async (name) => ((await has(name)) ? [name] : [])))).flat()
  if (confirmed.length === 0) {
    return proof(
      failed(
        'ptr-not-confirmed',
        `${address} is named ${names.join(', ')}, which does not have that address`,
        `publish ${type} records, or have the PTR record name the host`,
      ),
    )
  }
  if (helo !== undefined && !confirmed.includes(helo) && !(await has(helo))) {
    return proof(
      failed(
        'helo-not-confirmed',
        `the host greets as ${helo}, which does not have the address ${address}`,
        `publish ${type} ${address} for ${helo}, or set smtp_helo_name to ${confirmed[0]}`,
      ),
    )
  }
  return proof(passed('fcrdns', `${address} is ${confirmed.join(', ')}`))
}

function canonical(address: Untrusted): string {
  const network = parseNetwork(address)
  return network === undefined ? address : renderNetwork(network)
}

/** `192.0.2.1` → `1.2.0.192.in-addr.arpa` */
export function reverseName(address: Untrusted): string {
  const network = parseNetwork(address)
  if (network?.family !== 6) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const nibbles = Buffer.from(network.address.toByteArray()).toString('hex')
  return `${[...nibbles].reverse().join('.')}.ip6.arpa`
}
