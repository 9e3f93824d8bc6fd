// Judges what a host's milters did with a message: it must be signed where it should be, unsigned where it should not
// be, and every signature must verify.
import { UNSIGNED_OWN, unsigned } from '../mail/proof/causes.ts'
import { failed, passed, unknown } from '../mail/proof/verdicts.ts'
import type { Authority } from '../dns/lookup/authority.ts'
import { MOST_SIGNATURES } from '../dns/bounds/bounds.ts'
import { filledTemplate, withFields, type GivenField } from '../mail/messages/probe-message.ts'
import type { SignatureProof, SigningProof, Verdict } from '../mail/proof/proof.ts'
import { hindrance } from './hindrance.ts'
import { NO_SERVER } from './no-server.ts'
import { oneClickVerdict } from './one-click.ts'
import type { Signer } from '../signers/signer.ts'
import { OUTSIDER, type MilterAnswer, type MilterSession, type MilterState } from '../signers/milter-sign.ts'

/** The message that was asked about, as the probe had it. */
export interface ProbedMessage {
  readonly template: string
  readonly nonce: string
}

export async function proveSigning(
  session: MilterSession,
  { parameters, domains, own }: MilterState,
  { template, nonce }: ProbedMessage,
  signer: Signer,
  authority: Authority,
): Promise<SigningProof> {
  const { role, domain, milters } = session
  const isOwn = domain === own && !domains.includes(domain)
  const fields = withinBound(milters.flatMap((milter) => milter.fields))
  const message = withFields(filledTemplate(template, domain, role, nonce), fields)
  const signed = fields.some(isSignature)
  // Loaded by who needs it: it brings a library along.
  const signatures = signed ? await (await import('./signature.ts')).proveSignatures(domain, message, authority) : []
  const verdict = hindrance(session, parameters, signer) ?? verdictOf(session, signatures, isOwn, signer)
  // Mail to many goes by these ways, and comes from no host's own name.
  const isBulk = ['local', 'submission'].includes(role) && !isOwn && verdict.status === 'pass'
  const oneClick = isBulk ? oneClickVerdict(fields) : undefined
  return {
    domain,
    role,
    verdict,
    ...(oneClick === undefined ? {} : { oneClick }),
    milters: milters.map(({ milter }) => milter),
    signatures,
    ...(signed ? { message } : {}),
  }
}

/** Where a host signs nothing at all, its own mail is unsigned for the same cause as that of its domains. */
export function oneCause(signing: readonly SigningProof[]): readonly SigningProof[] {
  const own = signing.filter(({ role }) => role !== 'outsider').map(({ verdict }) => verdict)
  const { cause } = own.find((each) => each.id === 'unsigned' && each.cause !== UNSIGNED_OWN) ?? {}
  if (cause === undefined || own.some(({ id }) => id !== 'unsigned')) return signing
  return signing.map((each) =>
    each.verdict.cause === UNSIGNED_OWN ? { ...each, verdict: { ...each.verdict, cause } } : each,
  )
}

/** Each leads to questions, and takes time: those beyond the bound are passed over. */
function withinBound(fields: readonly GivenField[]): readonly GivenField[] {
  let signatures = 0
  return fields.filter((field) => !isSignature(field) || ++signatures <= MOST_SIGNATURES)
}

const isSignature = ({ name }: { readonly name: string }): boolean => /^dkim-signature$/i.test(name)

/** @param isOwn - the domain is the host's own name, and none that it was asked to sign for. */
function verdictOf(
  session: MilterSession,
  signatures: readonly SignatureProof[],
  isOwn: boolean,
  { advice }: Signer,
): Verdict {
  const { role, domain, milters } = session
  const last = milters.findLastIndex(({ fields }) => fields.some(isSignature))
  const signed = last >= 0
  if (role === 'outsider') return outsiderVerdict(domain, signed, advice.outsider)
  if (!signed) {
    return failed(
      'unsigned',
      `the mail is not signed by ${milters.map(({ milter }) => milter).join(', ')}`,
      isOwn ? adviceOnOwn(domain) : advice.unsigned(role, domain),
      isOwn ? UNSIGNED_OWN : unsigned(advice.allUnsigned),
    )
  }
  const proofs = signatures.map(signatureVerdict)
  return (
    changedVerdict(milters.slice(last)) ??
    proofs.find(({ status }) => status === 'pass') ??
    proofs.find(({ status }) => status === 'fail') ??
    proofs[0]!
  )
}

function outsiderVerdict(domain: string, signed: boolean, advice: string): Verdict {
  if (!signed) return passed('outsider-unsigned', 'mail of a stranger is not signed')
  return failed(
    'outsider-signed',
    `mail from ${domain} by a stranger (${OUTSIDER}, no login) is signed: whoever reaches this host can forge`,
    advice,
  )
}

const adviceOnOwn = (domain: string): string =>
  `run playbooks/dkim.ts, with fqdn: ${domain} where the inventory calls the host otherwise; ` +
  `where ${domain} is in none of its domains put it there, for a key of its own, or say sign_host_name: false`

/** @param milters - the last that signs, and those behind it */
function changedVerdict(milters: readonly MilterAnswer[]): Verdict | undefined {
  const changer = milters.find(({ others }) => changedBy(others).length > 0)
  if (changer === undefined) return undefined
  const changed = changedBy(changer.others).join(' and ')
  return failed('message-changed', `${changer.milter} changes ${changed} of the message after it was signed`)
}

/** What milter commands change of a message. */
const changedBy = (commands: readonly string[]): readonly string[] => [
  ...new Set(commands.map((command) => CHANGES[command]).filter((what) => what !== undefined)),
]

/** SMFIR_REPLBODY and SMFIR_CHGHEADER. */
const CHANGES: Readonly<Record<string, string>> = { b: 'the body', m: 'the header' }

/** By all servers: one that has not the same as the others is named. */
export function signatureVerdict({
  domain,
  selector,
  algorithm,
  bits,
  servers,
  unasked = '',
}: SignatureProof): Verdict {
  const [first] = servers
  if (first === undefined) {
    return unknown(
      'no-name-server',
      `no name server can be asked for ${selector}._domainkey.${domain}: ${unasked}`,
      NO_SERVER,
    )
  }
  const bad = servers.filter(({ status }) => status !== 'pass')
  if (bad.length === 0) {
    const key = `d=${domain} s=${selector} ${algorithm}${bits === undefined ? '' : ` ${bits}`}`
    const by = servers.length === 1 ? '1 name server' : `${servers.length} name servers`
    return passed('signed', `${key}, verified by ${by}`)
  }
  if (bad.length === servers.length && bad.every(({ id }) => id === first.id)) {
    const { server: _, ...same } = first
    return same
  }
  const reported = bad.map(({ server, what }) => `${server}: ${what}`).join('; ')
  const onlyUnanswered = bad.every(({ id }) => id === 'dns-failed')
  const what = `the name servers do not agree: ${reported}`
  return onlyUnanswered
    ? unknown('dns-failed', what, 'see that all its name servers answer')
    : failed('servers-differ', what)
}
