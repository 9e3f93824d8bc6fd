// Verifies the DKIM signatures of a message (RFC 6376, section 6) with the keys that each authoritative server gives,
// and names what is wrong.
import { failed, passed, unknown } from '../mail/proof/verdicts.ts'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import type { Asking, Authority } from '../dns/lookup/authority.ts'
import { shownServer, type NameServer } from '../dns/lookup/name-server.ts'
import { dkimName, parseDkim } from '../mail/records/dkim/record.ts'
import { RecordSyntaxError } from '../mail/records/record-syntax-error.ts'
import type { ServerVerdict, SignatureProof, Verdict } from '../mail/proof/proof.ts'
import { resolverFor } from './node-resolver.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** With what mailauth's types leave out. */
type Verified = Awaited<ReturnType<typeof dkimVerify>>['results'][number] & {
  readonly signature?: string
  readonly modulusLength?: number
}

/**
 * One for each DKIM-Signature field, from the top; by every server of the zone of its key.
 *
 * @param author - domain of the message, for whose sake DNS is asked
 * @param message - with CRLF
 */
export async function proveSignatures(
  author: string,
  message: string,
  authority: Authority,
): Promise<readonly SignatureProof[]> {
  const fields = signatureFields(message)
  return Promise.all(
    fields.map(async (field): Promise<SignatureProof> => {
      const [domain = '', selector = '', algorithm = ''] = ['d', 's', 'a'].map((tag) => tagOf(field, tag).toLowerCase())
      const name = dkimName(domain, selector)
      const asking = authority.of(author, domain === author ? name : author)
      const { servers, why } = await asking.serversOf(name)
      const each = await Promise.all(
        servers.map(async (server) => ({
          server,
          ...(await byServer(message, tagOf(field, 'b'), name, server, asking)),
        })),
      )
      const bits = each.find((one) => one.bits !== undefined)?.bits
      return {
        domain,
        selector,
        algorithm,
        ...(servers.length === 0 ? { unasked: why } : {}),
        ...(bits === undefined ? {} : { bits }),
        servers: each.map(({ server, verdict }): ServerVerdict => ({ server: shownServer(server), ...verdict })),
      }
    }),
  )
}

/** @param signature - `b=`, by which it is known among others. */
async function byServer(
  message: string,
  signature: string,
  name: string,
  server: NameServer,
  asking: Asking,
): Promise<{ readonly verdict: Verdict; readonly bits?: number | undefined }> {
  const answer = await asking.resolve({ name, type: 'TXT' }, server)
  if (answer.kind === 'failed') {
    return {
      verdict: unknown('dns-failed', `${name} cannot be asked for: ${answer.why}`),
    }
  }
  if (answer.kind !== 'found') {
    return {
      verdict: failed('no-key', `there is no record ${name}`, 'publish it: verifiers take the mail as unsigned'),
    }
  }
  if (answer.values.length > 1) {
    return {
      verdict: failed(
        'many-keys',
        `there are ${answer.values.length} TXT records ${name}, and verifiers take any of them`,
      ),
    }
  }
  const problem = recordProblem(name, answer.values[0]!)
  if (problem) return { verdict: problem }
  const { results } = await dkimVerify(message, { resolver: resolverFor(asking, server) })
  const result = (results as readonly Verified[]).find((each) => each.signature?.replaceAll(/\s/g, '') === signature)
  return { verdict: verdictOf(name, result), bits: result?.modulusLength }
}

function recordProblem(name: string, value: Untrusted): Verdict | undefined {
  try {
    if (parseDkim(value).p !== '') return undefined
    return failed(
      'key-revoked',
      `the record ${name} says that the key is revoked (p=)`,
      'have the host sign with another selector, or publish its key again',
    )
  } catch (error) {
    if (!(error instanceof RecordSyntaxError)) throw error
    return failed('bad-record', `${name}: ${error.message}`, 'publish the record as mailrun prints it')
  }
}

function verdictOf(name: string, result: Verified | undefined): Verdict {
  const {
    result: word = 'none',
    comment = '',
    policy,
  } = (result?.status ?? {}) as { result?: string; comment?: string; policy?: Readonly<Record<string, string>> }
  if (word === 'pass') return passed('verified', `the signature verifies by ${name}`)
  if (/body hash/.test(comment)) {
    return failed(
      'body-changed',
      'the body is not the one that was signed',
      'find out what changes messages after the milter that signs; that milter must be the last',
    )
  }
  if (word === 'fail') {
    return failed(
      'key-differs',
      `the key in ${name} is not the one that the host signs with, or the header was changed after signing`,
      "publish the host's key",
    )
  }
  if (policy?.['dkim-rules'] === 'weak-key') {
    return failed('weak-key', `the key in ${name} has less than 1024 bits, and verifiers pass over it (RFC 8301)`)
  }
  if (word === 'temperror') {
    return unknown('dns-failed', `${name} cannot be asked for: ${comment}`)
  }
  return { status: 'fail', id: 'not-verified', what: `the signature does not verify by ${name}: ${comment || word}` }
}

/** Their values, unfolded, from the top. */
function signatureFields(message: string): readonly string[] {
  const head = message.slice(0, message.indexOf('\r\n\r\n'))
  return head
    .split(/\r\n(?![ \t])/)
    .filter((field) => /^dkim-signature[ \t]*:/i.test(field))
    .map((field) => field.slice(field.indexOf(':') + 1).replaceAll('\r\n', ''))
}

const tagOf = (field: string, tag: string): string =>
  (new RegExp(`(?:^|;)\\s*${tag}\\s*=([^;]*)`).exec(field)?.[1] ?? '').replaceAll(/\s/g, '')
