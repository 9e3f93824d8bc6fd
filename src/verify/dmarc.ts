// Decides whether mail of a domain passes DMARC (RFC 9989), from the proofs of its signatures and of SPF, and from the
// record at each authoritative server.
import { noPolicy, policyDomain } from '../mail/proof/causes.ts'
import { failed, passed, unknown } from '../mail/proof/verdicts.ts'
import type { Authority } from '../dns/lookup/authority.ts'
import { shownServer } from '../dns/lookup/name-server.ts'
import { walkDns } from '../dns/lookup/walk-dns.ts'
import { evaluateDmarc, type DmarcOutcome } from '../mail/records/dmarc/evaluate.ts'
import type { DmarcProof, SigningProof, SpfProof, Verdict } from '../mail/proof/proof.ts'
import { signatureVerdict } from './signing.ts'

/** @param domains - all of the host: a record of one of them may hold for `domain`, too. */
export async function proveDmarc(
  domain: string,
  domains: readonly string[],
  signing: readonly SigningProof[],
  spf: readonly SpfProof[],
  authority: Authority,
): Promise<DmarcProof> {
  const roles = signing.filter((each) => each.domain === domain && each.role !== 'outsider')
  const dkim = signersOf(roles)
  const sendsBounces = roles.some(({ role }) => role === 'bounce')
  const ways = sendsBounces ? [envelopeDomains(domain, spf), heloDomains(spf)] : [envelopeDomains(domain, spf)]
  const outcomes = await outcomesOf({ domain, dkim, ways }, authority)
  const outcome = outcomes[0]!
  const { applied, policy, aligned } = outcome
  return {
    domain,
    ...(applied === undefined ? {} : { at: applied.domain }),
    ...(policy === undefined ? {} : { policy }),
    aligned,
    verdict: disagreement(domain, outcomes) ?? verdictOf(domain, domains, dkim, outcome),
  }
}

/** Domains for which mail of every role is signed: mail of each role must pass. */
const signersOf = (roles: readonly SigningProof[]): readonly string[] =>
  [...new Set(roles.flatMap(verifying))].filter((each) => roles.every((role) => verifying(role).includes(each)))

const CHANGED: readonly string[] = ['message-changed', 'milter-tempfail', 'milter-refused', 'milter-unreached']

/** Domains of the signatures that verify. */
function verifying({ verdict, signatures }: SigningProof): readonly string[] {
  if (CHANGED.includes(verdict.id)) return []
  return signatures
    .filter((signature) => signatureVerdict(signature).status === 'pass')
    .map((signature) => signature.domain)
}

const passes = ({ verdict }: SpfProof): boolean => verdict.status === 'pass'

/** The domain, if SPF allows every address to send for it. */
function envelopeDomains(domain: string, spf: readonly SpfProof[]): readonly string[] {
  const own = spf.filter((each) => each.identity === 'mailfrom' && each.domain === domain)
  return own.length > 0 && own.every(passes) ? [domain] : []
}

/** For a bounce, SPF checks only the HELO name (RFC 7208, section 2.4). */
function heloDomains(spf: readonly SpfProof[]): readonly string[] {
  const helo = spf.filter(({ identity }) => identity === 'helo')
  return helo.every(passes) ? [...new Set(helo.map((each) => each.domain))] : []
}

interface Proved {
  readonly domain: string
  readonly dkim: readonly string[]
  /** The domains that SPF authorizes: one list for usual mail and, if the host sends bounces, one for bounces. */
  readonly ways: readonly (readonly string[])[]
}

interface ServerOutcome extends DmarcOutcome {
  /** Empty if no server can be asked. */
  readonly server: string
}

/** For each server of the domain, the worst result of usual mail and bounces. At least one. */
async function outcomesOf({ domain, dkim, ways }: Proved, authority: Authority): Promise<readonly ServerOutcome[]> {
  const asking = authority.of(domain, `_dmarc.${domain}`)
  const { servers } = await asking.serversOf(domain)
  return Promise.all(
    (servers.length === 0 ? [undefined] : servers).map(async (server) => {
      const each = await Promise.all(
        ways.map((way) =>
          walkDns(evaluateDmarc({ author: domain, dkim, spf: way }), (question) => asking.resolve(question, server)),
        ),
      )
      return {
        server: server === undefined ? '' : shownServer(server),
        ...(each.find(({ result }) => result !== 'pass') ?? each[0]!),
      }
    }),
  )
}

function disagreement(domain: string, outcomes: readonly ServerOutcome[]): Verdict | undefined {
  const words = outcomes.map(({ result, policy }) => `${result}${policy === undefined ? '' : ` (p=${policy})`}`)
  if (new Set(words).size < 2) return undefined
  const reported = words.map((word, index) => `${outcomes[index]!.server}: ${word}`).join('; ')
  return failed('servers-differ', `the name servers do not agree on DMARC of ${domain}: ${reported}`)
}

function verdictOf(
  domain: string,
  domains: readonly string[],
  dkim: readonly string[],
  outcome: DmarcOutcome,
): Verdict {
  const { result, aligned, failed: unanswered } = outcome
  switch (result) {
    case 'failed':
      return unknown('dns-failed', `${unanswered!.name} cannot be asked for: ${unanswered!.why}`)
    case 'none': {
      const cause = noPolicy(policyDomain(domain, domains))
      return failed('dmarc-none', `no DMARC record holds for ${domain}`, cause.remedy, cause)
    }
    case 'pass': {
      const by = [...(aligned.dkim.length > 0 ? ['DKIM'] : []), ...(aligned.spf.length > 0 ? ['SPF'] : [])]
      return passed('dmarc-pass', `DMARC passes by ${by.join(' and ')}`)
    }
    case 'fail':
      return failure(domain, dkim, outcome)
  }
}

function failure(domain: string, dkim: readonly string[], { applied, policy }: DmarcOutcome): Verdict {
  const others = dkim.filter((each) => each !== domain)
  if (others.length === 0) {
    return failed('dmarc-fail', `neither DKIM nor SPF passes for ${domain}: receivers are asked for ${policy}`)
  }
  const mode = applied!.record.adkim ?? 'r'
  return failed(
    'dmarc-unaligned',
    `mail from ${domain} is signed for ${others.join(', ')}, which does not align (adkim=${mode}); ` +
      `receivers are asked for ${policy}`,
    `have it signed with d=${domain}`,
  )
}
