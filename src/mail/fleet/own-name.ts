// Mail from a host's own name: cron and bounces send as root@ and MAILER-DAEMON@ the host (Postfix, myorigin). Finds
// the domain whose key signs it.
import { isWithin } from '../records/dns-record.ts'
import type { MailFleet } from './mail-fleet.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from './findings.ts'

/**
 * The domain whose key signs mail from a host's own name: the name itself, else the nearest domain above it, which
 * aligns as long as `adkim` is relaxed (RFC 9989); `undefined` where it is in none of them.
 *
 * @example signerOf('mx1.example.org', ['example.org', 'example.net']) // 'example.org'
 */
export const signerOf = (name: string, domains: readonly string[]): string | undefined =>
  domains.filter((domain) => isWithin(name, domain)).sort((a, b) => b.length - a.length)[0]

const REMEDY = 'to give it a key of its own, add the name to the domains of this host; else set sign_host_name: false'

/** Hosts whose own mail leaves unsigned, or with a signature that does not align. */
export function ownNameFindings({ hosts, domains }: MailFleet): readonly Finding[] {
  return hosts.flatMap(({ name, ownName, domains: own }): readonly Finding[] => {
    if (ownName === undefined || own.length === 0) return []
    const mail = `mail of ${name} itself (from cron, and bounces) comes from ${ownName}`
    const signer = signerOf(ownName, own)
    if (signer === undefined) {
      const message = `${mail}, which is in none of its domains, and leaves unsigned`
      return [fleetFinding('host-mail-unsigned', message, { remedy: REMEDY })]
    }
    const strict = signer !== ownName && domains.some(({ domain, dmarc }) => domain === signer && dmarc?.adkim === 's')
    if (!strict) return []
    const message = `${mail} and is signed for ${signer}, which does not align with adkim=s`
    return [fleetFinding('host-mail-unaligned', message, { remedy: REMEDY })]
  })
}
