// Judges what a host's milters did with a message: signed where it must be, unsigned where it must not be, and
// verified.
import type { Authority } from '../dns/authority.ts'
import { filledTemplate, withFields } from '../mail/probe-message.ts'
import type { SignatureProof, SigningProof, Verdict } from '../model/proof.ts'
import { NO_SERVER } from './no-server.ts'
import { OUTSIDER, type MilterSession, type MilterState } from '../probes/milter-sign.ts'

/** The message that was asked about, as the probe had it. */
export interface ProbedMessage {
  readonly template: string
  readonly nonce: string
}

export async function proveSigning(
  session: MilterSession,
  { parameters, domains, own }: MilterState,
  { template, nonce }: ProbedMessage,
  authority: Authority,
): Promise<SigningProof> {
  const { role, domain, milters } = session
  const isOwn = domain === own && !domains.includes(domain)
  const fields = milters.flatMap((milter) => milter.fields)
  const message = withFields(filledTemplate(template, domain, role, nonce), fields)
  const signed = fields.some(isSignature)
  // Loaded by who needs it: it brings a library along.
  const signatures = signed ? await (await import('./signature.ts')).proveSignatures(message, authority) : []
  return {
    domain,
    role,
    verdict: hindrance(session, parameters) ?? verdictOf(session, signatures, isOwn),
    milters: milters.map(({ milter }) => milter),
    signatures,
    ...(signed ? { message } : {}),
  }
}

const isSignature = ({ name }: { readonly name: string }): boolean => /^dkim-signature$/i.test(name)

/** Why the question was not answered as it should. */
function hindrance({ role, milters }: MilterSession, parameters: MilterState['parameters']): Verdict | undefined {
  const parameter = role === 'local' || role === 'bounce' ? 'non_smtpd_milters' : 'smtpd_milters'
  if (milters.length === 0 && role === 'bounce')
    return {
      status: 'fail',
      id: 'no-milter',
      what: `${parameters['non_smtpd_milters'] ? 'internal_mail_filter_classes does not name bounce' : 'non_smtpd_milters names no milter'}: bounces leave unsigned`,
      advice: 'run playbooks/dkim.ts; where bounces are not to be signed, say sign_bounces: false',
    }
  if (milters.length === 0)
    return role === 'outsider'
      ? undefined
      : {
          status: 'fail',
          id: 'no-milter',
          what: `${parameter} names no milter: ${role === 'local' ? 'mail of programs on the host' : 'mail of clients'} leaves unsigned`,
          advice: 'run playbooks/dkim.ts; where master.cf says otherwise for a service (-o), mend that',
        }
  const unreached = milters.find((each) => each.unreached !== undefined)
  if (unreached) {
    const action = parameters['milter_default_action'] || 'tempfail'
    const then =
      action === 'accept'
        ? 'leaves unsigned'
        : action === 'quarantine'
          ? 'is held'
          : action === 'reject'
            ? 'is refused'
            : 'is put off'
    return {
      status: role === 'outsider' ? 'unknown' : 'fail',
      id: 'milter-unreached',
      what: `Postfix does not reach ${unreached.milter}: ${unreached.unreached}; mail ${then} (milter_default_action = ${action})`,
      advice: adviceOn(unreached.unreached!),
    }
  }
  const refused = milters.find(({ verdict }) => verdict !== 'accept' && verdict !== 'continue')
  if (refused) {
    const put = refused.verdict === 'tempfail' || /^4/.test(refused.reply)
    return put
      ? {
          status: role === 'outsider' ? 'unknown' : 'fail',
          id: 'milter-tempfail',
          what: `${refused.milter} puts the mail off${refused.reply ? ` (${refused.reply})` : ' (451)'}`,
          advice:
            'its log says why ("journalctl -u opendkim"): as a rule the key is missing, cannot be read by the user opendkim, or can be read by others',
        }
      : {
          status: role === 'outsider' ? 'pass' : 'fail',
          id: 'milter-refused',
          what: `${refused.milter} refuses the mail: ${refused.reply || refused.verdict}`,
          ...(role === 'outsider' ? {} : { advice: "see that milter's log" }),
        }
  }
  return undefined
}

const adviceOn = (why: string): string =>
  /permission/i.test(why)
    ? "the user postfix must be let through the socket's directory and to the socket: opendkim:postfix 2750 and UMask 007; playbooks/dkim.ts does so"
    : /refused|no such file/i.test(why)
      ? 'is OpenDKIM running ("systemctl status opendkim"), and does it listen where Postfix looks? In a chroot paths begin below the queue directory'
      : "see the milter's log"

/** @param isOwn - the domain is the host's own name, and none that it was told to sign for. */
function verdictOf(
  { role, domain, milters }: MilterSession,
  signatures: readonly SignatureProof[],
  isOwn: boolean,
): Verdict {
  const signed = milters.some(({ fields }) => fields.some(isSignature))
  if (role === 'outsider') {
    return signed
      ? {
          status: 'fail',
          id: 'outsider-signed',
          what: `mail from ${domain} by a stranger (${OUTSIDER}, no login) is signed: whoever reaches this host can forge`,
          advice: 'InternalHosts of OpenDKIM is too wide: a plain file with the networks of your own, no refile:',
        }
      : { status: 'pass', id: 'outsider-unsigned', what: 'mail of a stranger is not signed' }
  }
  if (!signed)
    return {
      status: 'fail',
      id: 'unsigned',
      what: `the mail is not signed by ${milters.map(({ milter }) => milter).join(', ')}`,
      advice: isOwn
        ? `run playbooks/dkim.ts, with fqdn: ${domain} where the inventory calls the host otherwise; where ${domain} is in none of its domains put it there, for a key of its own, or say sign_host_name: false`
        : role !== 'submission'
          ? `is ${domain} in the SigningTable, and 127.0.0.1 in InternalHosts?`
          : `is ${domain} in the SigningTable, and does OpenDKIM sign for clients that log in?`,
    }
  const last = milters.findLastIndex(({ fields }) => fields.some(isSignature))
  const changer = milters.find(
    ({ others }, index) => index >= last && others.some((command) => CHANGES[command] !== undefined),
  )
  if (changer)
    return {
      status: 'fail',
      id: 'message-changed',
      what: `${changer.milter} changes ${[...new Set(changer.others.map((command) => CHANGES[command]).filter((what) => what !== undefined))].join(' and ')} of the message once it is signed`,
      advice: 'the milter that signs must be the last',
    }
  const proofs = signatures.map(signatureVerdict)
  return proofs.find(({ status }) => status === 'pass') ?? proofs.find(({ status }) => status === 'fail') ?? proofs[0]!
}

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
  if (first === undefined)
    return {
      status: 'unknown',
      id: 'no-name-server',
      what: `no name server can be asked for ${selector}._domainkey.${domain}: ${unasked}`,
      advice: NO_SERVER,
    }
  const bad = servers.filter(({ status }) => status !== 'pass')
  if (bad.length === 0)
    return {
      status: 'pass',
      id: 'signed',
      what: `d=${domain} s=${selector} ${algorithm}${bits === undefined ? '' : ` ${bits}`}, verified by ${servers.length === 1 ? '1 name server' : `${servers.length} name servers`}`,
    }
  if (bad.length === servers.length && bad.every(({ id }) => id === first.id)) {
    const { server: _, ...same } = first
    return same
  }
  const told = bad.map(({ server, what }) => `${server}: ${what}`).join('; ')
  const onlyUnanswered = bad.every(({ id }) => id === 'dns-failed')
  return {
    status: onlyUnanswered ? 'unknown' : 'fail',
    id: onlyUnanswered ? 'dns-failed' : 'servers-differ',
    what: `the name servers do not agree: ${told}`,
    advice: onlyUnanswered
      ? 'see that all its name servers answer'
      : 'see that the zone reaches every server (serial, transfer), and wait until it has',
  }
}
