// Turns what was proved about a host into findings: the live signature, SPF, DMARC and names.
import type { CheckName } from '../findings/checks.ts'
import type { Finding, FindingDetails, Subject } from '../findings/finding.ts'
import { findingOf } from '../findings/rule.ts'
import { dkimName } from '../mail/records/dkim/record.ts'
import { UNPUBLISHED } from '../mail/proof/causes.ts'
import { kindOfVerdict, type VerdictFindingId } from '../mail/proof/findings.ts'
import type { HostProof, SigningProof, SpfProof, Verdict } from '../mail/proof/proof.ts'
import { groupedBy } from '../text/grouped-by.ts'
import type { DomainEvidence } from './evidence.ts'
import { isBad, rolesTogether, type Roles } from './signing-roles.ts'

type VerdictFinding = Finding<VerdictFindingId>

/** The record in DNS, and the wanted one. */
export interface Asked {
  evidenceOf(domain: string): DomainEvidence | undefined
  /** The wanted record at a name, of the kind that begins with this text. */
  wanted(name: string, purpose: 'spf' | 'dkim' | 'dmarc'): string | undefined
}

/** The host of a proof. A finding about the domain alone names no host, and is the same for all hosts. */
interface Proved {
  readonly host: string
  readonly proof: HostProof
  readonly asked: Asked
}

export function verdictFindings(host: string, proof: HostProof, asked: Asked): readonly VerdictFinding[] {
  const { signing, spf } = proof
  const proved = { host, proof, asked }
  return [
    ...rolesTogether(signing).map((each) => signingFinding(each, proved)),
    ...oneClickFindings(host, signing),
    ...spf.filter(({ verdict }) => isBad(verdict)).map((each) => spfFinding(each, proved)),
    ...dmarcFindings(proved),
    ...namesFindings(proved),
  ]
}

const dmarcFindings = ({ host, proof: { dmarc }, asked }: Proved): readonly VerdictFinding[] =>
  dmarc
    .filter(({ verdict }) => isBad(verdict))
    .map(({ domain, verdict }) =>
      found(verdict, 'dmarc', {
        subject: { ...(verdict.id === 'dmarc-none' ? {} : { host }), domain },
        ...expectedOf('dmarc', domain, asked),
        // The inventory has a policy for the domain, or for one above it: it is only not published.
        ...(verdict.id === 'dmarc-none' && withParents(domain).some((each) => asked.wanted(`_dmarc.${each}`, 'dmarc'))
          ? { cause: UNPUBLISHED }
          : {}),
      }),
    )

const namesFindings = ({ host, proof: { reverse } }: Proved): readonly VerdictFinding[] =>
  reverse
    .filter(({ verdict }) => isBad(verdict))
    .map(({ address, names, verdict }) =>
      found(verdict, 'names', { subject: { host, about: address }, found: names.join(', ') || 'no name' }),
    )

/** Makes a finding from a verdict that is no pass. @param id - replaces the id of the verdict */
function found(
  verdict: Verdict,
  check: CheckName,
  details: Partial<FindingDetails> & { readonly subject: Subject },
  id: string = verdict.id,
): VerdictFinding {
  return findingOf(kindOfVerdict(id), {
    message: verdict.what,
    remedy: verdict.advice,
    cause: verdict.cause,
    check,
    ...(verdict.status === 'unknown' ? { severity: 'unknown' } : {}),
    ...details,
  })
}

function oneClickFindings(host: string, signing: readonly SigningProof[]): readonly VerdictFinding[] {
  const reported = signing.flatMap(({ domain, role, oneClick }) => (oneClick ? [{ domain, role, oneClick }] : []))
  return [...groupedBy(reported, ({ domain, oneClick }) => JSON.stringify([domain, oneClick])).values()].map(
    (those) => {
      const { domain, oneClick } = those[0]!
      return found(oneClick, 'signature', {
        subject: { host, domain, about: those.map(({ role }) => role).join(', ') },
      })
    },
  )
}

function signingFinding(
  { proof: { domain, role, verdict, signatures }, roles }: Roles,
  { host, asked: { evidenceOf, wanted: wantedAt } }: Proved,
): VerdictFinding {
  const key = signatures.find(({ servers }) => servers.some(({ status }) => status !== 'pass'))
  const record = key === undefined ? undefined : dkimName(key.domain, key.selector)
  const evidence = key === undefined ? undefined : evidenceOf(key.domain)
  const wanted = record === undefined ? undefined : wantedAt(record, 'dkim')
  const values = evidence?.keys
    .find(({ name }) => name === record)
    ?.servers.find((each) => each.values !== undefined)?.values
  return found(verdict, role === 'outsider' ? 'outsider' : 'signature', {
    subject: { host, domain, ...(record === undefined ? {} : { record }), about: roles.join(', ') },
    ...(wanted === undefined ? {} : { expected: wanted }),
    ...(verdict.id === 'no-key' && wanted !== undefined ? { cause: UNPUBLISHED } : {}),
    ...(values === undefined || wanted === undefined ? {} : { found: values.join(' and ') || 'no record' }),
  })
}

function spfFinding(
  { identity, domain, address, result, verdict }: SpfProof,
  { host, proof, asked }: Proved,
): VerdictFinding {
  const others = proof.spf.filter(
    (each) => each.identity === identity && each.domain === domain && each.address !== address,
  )
  const family = address.includes(':') ? 6 : 4
  const isWrong = ['spf-fail', 'spf-softfail', 'spf-neutral'].includes(verdict.id)
  // One address was forgotten, and another one was not.
  const isForgotten =
    isWrong && others.some((each) => each.verdict.status === 'pass' && each.address.includes(':') !== (family === 6))
  const id = isForgotten ? `spf-missing-ip${family}` : verdict.id
  if (identity === 'helo') {
    const about = `${domain} (HELO)${isWrong ? ` ${address}` : ''}`
    return found(verdict, 'spf', { subject: { host, about }, found: result }, id)
  }
  const expected = expectedOf('spf', domain, asked)
  // What is missing in a record is the same for every host.
  if (verdict.id === 'spf-none' || verdict.id === 'spf-permerror')
    return found(verdict, 'spf', {
      subject: { domain },
      remedy: undefined,
      cause: verdict.id === 'spf-none' && expected.expected !== undefined ? UNPUBLISHED : undefined,
      ...expected,
    })
  // Without the address, equal findings of several hosts are one finding.
  const reported = `SPF of ${domain} does not let an IPv${family} address of the host send (${result})`
  return found(
    verdict,
    'spf',
    {
      subject: { host, domain, ...(address === '' ? {} : { about: address }) },
      ...expected,
      ...(isWrong ? { message: reported, remedy: undefined } : {}),
    },
    id,
  )
}

/** `a.b.example`, `b.example`, `example`. */
const withParents = (domain: string): readonly string[] =>
  domain.split('.').map((_, index, labels) => labels.slice(index).join('.'))

/** The domain's record as the inventory wants it, and as it is. */
function expectedOf(
  purpose: 'spf' | 'dmarc',
  domain: string,
  { evidenceOf, wanted }: Asked,
): { readonly expected?: string; readonly found?: string } {
  const evidence = evidenceOf(domain)
  const value = wanted(purpose === 'spf' ? domain : `_dmarc.${domain}`, purpose)
  const pattern = purpose === 'spf' ? /^v=spf1(?: |$)/i : /^\s*v\s*=\s*dmarc/i
  const values = evidence?.[purpose].servers
    .find((each) => each.values !== undefined)
    ?.values?.filter((each) => pattern.test(each))
  return {
    ...(value === undefined ? {} : { expected: value }),
    ...(values === undefined ? {} : { found: values.join(' and ') || 'no record' }),
  }
}
