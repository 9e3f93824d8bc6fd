// Computes every DNS record that the mail of a fleet needs: SPF, DKIM, DMARC, and those of domains that send nothing.
import { adspName, renderAdsp } from '../records/adsp.ts'
import { dkimName, dkimValue, REVOKED_DKIM } from '../records/dkim/record.ts'
import { byRecord, type MailRecord } from '../records/dns-record.ts'
import type { MailDomain, MailFleet } from './mail-fleet.ts'
import { ownNameFindings } from './own-name.ts'
import type { Finding } from '../../findings/finding.ts'
import { withoutContradictions } from './wanted/contradictions.ts'
import { dmarcParts } from './wanted/dmarc.ts'
import { ofHelo, spfPart } from './wanted/spf.ts'
import { attempts, txt, type Part, type PublishedTxt, type RecordFault, type Working } from './wanted/working.ts'

export type { PublishedTxt, RecordFault } from './wanted/working.ts'

export interface MailRecords {
  /** By name, in DNS's order: a domain before what is below it. Each name, type and value once. */
  readonly records: readonly MailRecord[]
  /** What was done to records of others, and what is missing. */
  readonly findings: readonly Finding[]
  /** Records that are wanted, and left out; all others are there. */
  readonly faults: readonly RecordFault[]
}

/**
 * SPF is merged into the record that is there, and DMARC takes the place of it; TXT records of other kinds are nobody's
 * business here. A record that cannot be worked out, for what is said of it contradicts itself or what is published
 * cannot be read, is among the faults.
 *
 * @example mailRecords(mailFleet(members), () => [])
 */
export function mailRecords(fleet: MailFleet, published: PublishedTxt): MailRecords {
  const findings: Finding[] = []
  const faults: RecordFault[] = []
  const working: Working = { fleet, published, findings, attempt: attempts(faults) }
  const parts = [...fleet.domains.flatMap((domain) => ofDomain(domain, working)), ...ofHelo(working), ...ofKeys(fleet)]
  const all = merged(parts.map((part) => ({ ...part, ttl: fleet.ttl })))
  const { records, faults: contradicted } = withoutContradictions(all)
  findings.push(...ownNameFindings(fleet))
  return { records: [...records].sort(byRecord), findings, faults: [...faults, ...contradicted] }
}

function ofDomain(wanted: MailDomain, working: Working): readonly Part[] {
  const { domain, sends, receives, adsp } = wanted
  const { fleet, attempt } = working
  const dmarcName = `_dmarc.${domain}`
  return [
    ...(sends
      ? fleet.incomplete?.includes(domain) === true
        ? []
        : attempt({ domain, name: domain, type: 'TXT', purpose: 'spf' }, () => [spfPart(wanted, working)])
      : [
          txt('spf', domain, domain, 'v=spf1 -all', [`nobody sends in the name of ${domain}`]),
          txt('dkim', domain, `*._domainkey.${domain}`, REVOKED_DKIM, [`no key signs for ${domain}`]),
        ]),
    ...attempt({ domain, name: dmarcName, type: 'TXT', purpose: 'dmarc' }, () =>
      dmarcParts(wanted, dmarcName, working),
    ),
    ...(receives
      ? []
      : [
          {
            name: domain,
            type: 'MX',
            value: '0 .',
            purpose: 'null-mx',
            domain,
            publishedBy: 'fleet',
            why: [`${domain} takes no mail (RFC 7505)`],
          } as const,
        ]),
    ...(adsp === undefined
      ? []
      : [
          txt('adsp', domain, adspName(domain), renderAdsp(adsp), [
            'asked for by adsp; Historic, and looked at by nobody',
          ]),
        ]),
  ]
}

const ofKeys = ({ hosts }: MailFleet): readonly Part[] =>
  hosts.flatMap(({ name, keys }) =>
    keys.map(({ domain, selector, publicKey, claim }) => ({
      ...txt('dkim', domain, dkimName(domain, selector), publicKey === '' ? REVOKED_DKIM : dkimValue(publicKey), [
        publicKey === '' ? `${name} signs with it no more` : `${name} signs for ${domain}`,
      ]),
      ...(claim === undefined ? {} : { claim }),
    })),
  )

/** Equal records become one with all reasons, in the hosts' order. */
function merged(records: readonly MailRecord[]): readonly MailRecord[] {
  const byKey = new Map<string, MailRecord>()
  for (const record of records) {
    const key = JSON.stringify([record.name, record.type, record.value])
    const other = byKey.get(key)
    byKey.set(key, other === undefined ? record : { ...other, why: [...new Set([...other.why, ...record.why])] })
  }
  return [...byKey.values()]
}
