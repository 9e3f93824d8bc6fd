// What was proved of a host, as faults: the live signature, SPF, DMARC and names.
import { dkimName } from '../../mail/dkim-record.ts'
import type { CheckName } from '../../model/findings/finding-kind.ts'
import { isFindingId, kindOf, type FindingId } from '../../model/findings/finding-kinds.ts'
import type { HostProof, SigningProof, SpfProof, Verdict } from '../../model/proof.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { DomainEvidence } from '../evidence.ts'
import type { Fault } from '../fault.ts'

/** What DNS has, and what it is to have. */
export interface Asked {
  evidenceOf(domain: string): DomainEvidence | undefined
  /** The record that is wanted at a name, of a kind that begins so. */
  wanted(name: string, purpose: 'spf' | 'dkim' | 'dmarc'): string | undefined
}

const isBad = ({ status }: Verdict): boolean => status === 'fail' || status === 'unknown'

export function proofFaults(proof: HostProof, asked: Asked): readonly Fault[] {
  const { signing, spf, dmarc, reverse } = proof
  return [
    ...rolesTogether(signing).map((each) => signingFault(each, asked)),
    ...oneClickFaults(signing),
    ...spf.filter(({ verdict }) => isBad(verdict)).map((each) => spfFault(each, spf, asked)),
    ...dmarc
      .filter(({ verdict }) => isBad(verdict))
      .map(({ domain, verdict }): Fault => ({
        ...fault(verdict, 'dmarc', { domain }),
        ...(verdict.id === 'dmarc-none' ? {} : onHost),
        ...expectedOf('dmarc', domain, asked),
      })),
    ...reverse
      .filter(({ verdict }) => isBad(verdict))
      .map(({ address, names, verdict }): Fault => ({
        ...fault(verdict, 'names', { about: address }),
        ...onHost,
        found: names.join(', ') || 'no name',
      })),
  ]
}

/** Marks what is of this host; what is of the domain alone is the same for all. */
const onHost = { own: true } as const

function fault(verdict: Verdict, check: CheckName, subject: Fault['subject'], id = verdict.id): Fault {
  const known: FindingId = isFindingId(id) ? id : 'not-verified'
  return {
    id: known,
    subject,
    message: verdict.what,
    remedy: verdict.advice ?? kindOf(known).remedy,
    check,
    ...(verdict.status === 'unknown' ? { severity: 'unknown' as const } : {}),
  }
}

function oneClickFaults(signing: readonly SigningProof[]): readonly Fault[] {
  const found = signing.flatMap(({ domain, role, oneClick }) => (oneClick ? [{ domain, role, oneClick }] : []))
  return [...groupedBy(found, ({ domain, oneClick }) => JSON.stringify([domain, oneClick])).values()].map(
    (those): Fault => {
      const { domain, oneClick } = those[0]!
      return {
        ...fault(oneClick, 'signature', { domain, about: those.map(({ role }) => role).join(', ') }),
        ...onHost,
      }
    },
  )
}

interface Roles {
  readonly proof: SigningProof
  readonly roles: readonly string[]
}

/** The same of programs and of clients is one thing. */
function rolesTogether(signing: readonly SigningProof[]): readonly Roles[] {
  const groups = new Map<string, { readonly proof: SigningProof; readonly roles: string[] }>()
  for (const proof of signing) {
    if (!isBad(proof.verdict) || isHidden(proof, signing)) continue
    const key = JSON.stringify([proof.domain, proof.role === 'outsider', proof.verdict])
    const known = groups.get(key)
    if (known) known.roles.push(proof.role)
    else groups.set(key, { proof, roles: [proof.role] })
  }
  return [...groups.values()]
}

/** What keeps a stranger's mail from being asked about is told of own mail already. */
const isHidden = ({ domain, role, verdict }: SigningProof, all: readonly SigningProof[]): boolean =>
  role === 'outsider' &&
  verdict.status === 'unknown' &&
  all.some((each) => each.domain === domain && each.role !== 'outsider' && each.verdict.id === verdict.id)

function signingFault(
  { proof: { domain, role, verdict, signatures }, roles }: Roles,
  { evidenceOf, wanted: wantedAt }: Asked,
): Fault {
  const key = signatures.find(({ servers }) => servers.some(({ status }) => status !== 'pass'))
  const record = key === undefined ? undefined : dkimName(key.domain, key.selector)
  const evidence = key === undefined ? undefined : evidenceOf(key.domain)
  const wanted = record === undefined ? undefined : wantedAt(record, 'dkim')
  const values = evidence?.keys
    .find(({ name }) => name === record)
    ?.servers.find((each) => each.values !== undefined)?.values
  return {
    ...fault(verdict, role === 'outsider' ? 'outsider' : 'signature', {
      domain,
      ...(record === undefined ? {} : { record }),
      about: roles.join(', '),
    }),
    ...onHost,
    ...(wanted === undefined ? {} : { expected: wanted }),
    ...(values === undefined || wanted === undefined ? {} : { found: values.join(' and ') || 'no record' }),
  }
}

function spfFault(
  { identity, domain, address, result, verdict }: SpfProof,
  all: readonly SpfProof[],
  asked: Asked,
): Fault {
  const others = all.filter((each) => each.identity === identity && each.domain === domain && each.address !== address)
  const family = address.includes(':') ? 6 : 4
  const wrong = ['spf-fail', 'spf-softfail', 'spf-neutral'].includes(verdict.id)
  // An address that was forgotten, beside one that was not.
  const forgotten =
    wrong && others.some((each) => each.verdict.status === 'pass' && each.address.includes(':') !== (family === 6))
  const id = forgotten ? `spf-missing-ip${family}` : verdict.id
  if (identity === 'helo') {
    return {
      ...fault(verdict, 'spf', { about: `${domain} (HELO)${wrong ? ` ${address}` : ''}` }, id),
      ...onHost,
      found: result,
    }
  }
  // What a record lacks is the same for every host.
  if (verdict.id === 'spf-none' || verdict.id === 'spf-permerror') {
    return {
      ...fault(verdict, 'spf', { domain }),
      remedy: kindOf(verdict.id).remedy,
      ...expectedOf('spf', domain, asked),
    }
  }
  const base = {
    ...fault(verdict, 'spf', { domain, ...(address === '' ? {} : { about: address }) }, id),
    ...onHost,
    ...expectedOf('spf', domain, asked),
  }
  // Without the address the same of several hosts is the same.
  return wrong
    ? {
        ...base,
        message: `SPF of ${domain} does not let an IPv${family} address of the host send (${result})`,
        remedy: kindOf(base.id).remedy,
      }
    : base
}

/** What the inventory wants of the domain's record, and what is there. */
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
