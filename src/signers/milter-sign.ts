// Asks a host's milters, in the place of its Postfix, what they do with a message of each domain: whether they sign it,
// and how. No mail is sent.
import { PROBE_ROLES, type GivenField, type ProbeRole } from '../mail/messages/probe-message.ts'
import { mailDomain } from '../mail/names/names.ts'
import { utf8 } from '../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../core/probe/probe.ts'
import { raw } from '../shell/script.ts'
import { milterClient } from './milter-client.ts'
import { fromHex } from '../shell/perl-words.ts'
import type { Signer } from './signer.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** An address that belongs to nobody (RFC 5737, TEST-NET-1). */
export const OUTSIDER = '192.0.2.250'

/** What one milter did with the message; a JSON value. */
export interface MilterAnswer {
  /** The milter as it is written in main.cf. */
  readonly milter: string
  /** Why it could not be asked; in this case, there is no verdict. */
  readonly unreached?: string
  readonly fields: readonly GivenField[]
  /** Milter commands that change the message in other ways. */
  readonly others: readonly string[]
  /** `accept`, `continue`, `tempfail`, `reject`, `discard`, `reply` … */
  readonly verdict?: string
  /** The SMTP reply that belongs to it. */
  readonly reply: string
}

export interface MilterSession {
  readonly role: ProbeRole
  readonly domain: string
  /** In Postfix's order; those behind one that refuses are not asked. */
  readonly milters: readonly MilterAnswer[]
}

export interface MilterState {
  /** Why nothing could be asked. */
  readonly problem?: string
  /** Of main.cf, `$name` expanded; `myorigin` is what the file says where it names one. */
  readonly parameters: Readonly<Record<string, string>>
  /** Those of master.cf that listen: `smtp/inet`, `submission/inet`. */
  readonly services: readonly string[]
  /** Those asked for, and those that its signer's configuration names. */
  readonly domains: readonly string[]
  /**
   * What its own mail comes from (`myorigin`), as that of cron and bounces, where it is asked about and is a domain.
   */
  readonly own: string | undefined
  readonly sessions: readonly MilterSession[]
}

export interface MilterQuestion {
  readonly domains: readonly string[]
  /** Whose configuration names more. */
  readonly signer: Signer
  /** Whether mail from the host's own name is asked about, and bounces, which come from it. */
  readonly own: boolean
  readonly bounces: boolean
  /** As {@link probeTemplate} writes it. */
  readonly template: string
  /** A word for this question alone. */
  readonly nonce: string
}

/**
 * Which list of milters, which client: a program on the host, a login from an unknown address, an unknown address
 * alone, the host itself.
 */
const ROLES: Readonly<Record<ProbeRole, string>> = {
  local: 'non_smtpd_milters localhost 127.0.0.1 -',
  submission: `smtpd_milters [${OUTSIDER}] ${OUTSIDER} postmaster`,
  outsider: `smtpd_milters [${OUTSIDER}] ${OUTSIDER} -`,
  bounce: 'non_smtpd_milters localhost 127.0.0.1 -',
}

/** One process on the host, whatever the number of domains. */
export const milterSigning = ({ domains, signer, own, bounces, template, nonce }: MilterQuestion): Probe<MilterState> =>
  defineProbe<MilterState>({
    key: `milter-signing ${nonce}`,
    reads: ['path:/etc/postfix/main.cf', 'path:/etc/postfix/master.cf', `unit:${signer.unit}`],
    script: raw(`command -v perl >/dev/null || { echo no-perl; exit; }
timeout -k 5 240 perl - <<'mailrun-milter-client'
${milterClient(signer)}__END__
nonce ${nonce}
own ${own ? 'yes' : 'no'}
message ${Buffer.from(template).toString('hex')}
${PROBE_ROLES.filter((role) => bounces || role !== 'bounce')
  .map((role) => `role ${role} ${ROLES[role]}`)
  .join('\n')}
${domains.map((domain) => `domain ${domain}`).join('\n')}
mailrun-milter-client`),
    parse: ({ code, stdout, stderr }) => {
      const problem = problemIn(code, stdout, utf8(stderr).trim())
      return problem === undefined
        ? read(stdout)
        : { problem, parameters: {}, services: [], domains: [], own: undefined, sessions: [] }
    },
  })

function problemIn(code: number, stdout: Untrusted, stderr: Untrusted): string | undefined {
  if (stdout.startsWith('no-perl')) return 'there is no perl, by which its milters are asked: install perl-base'
  if (stdout.startsWith('no-postfix'))
    return 'there is no Postfix, or postconf cannot read its configuration ("postfix check")'
  if (stdout.includes('not-root\n'))
    return "only root can ask its milters as Postfix's user does: set ansible_become for the host, or give --become"
  if (stdout.endsWith('end\n')) return undefined
  return code === 124 || code === 137
    ? 'its milters did not answer in time'
    : `its milters cannot be asked: ${stderr || `exit status ${code}`}`
}

interface Reading extends MilterSession {
  readonly milters: Building[]
}
type Building = { -readonly [Key in keyof MilterAnswer]: MilterAnswer[Key] } & {
  readonly fields: GivenField[]
  readonly others: string[]
}

function read(stdout: Untrusted): MilterState {
  const parameters: Record<string, string> = {}
  const services: string[] = []
  const domains: string[] = []
  let own: string | undefined
  const sessions: Reading[] = []
  for (const line of stdout.split('\n')) {
    const [what, a = '', b = '', c = ''] = line.split(' ')
    const session = sessions.at(-1)
    const milter = session?.milters.at(-1)
    if (what === 'set') parameters[a] = fromHex(b)
    else if (what === 'domain' && mailDomain(a) === a) domains.push(a)
    else if (what === 'own' && mailDomain(a) === a) own = a
    else if (what === 'service') services.push(a)
    else if (what === 'session') {
      const role = PROBE_ROLES.find((each) => each === a)
      if (role === undefined || !(domains.includes(b) || b === own))
        throw new ProbeError(`its milters cannot be asked: it answers ${JSON.stringify(line)}`)
      sessions.push({ role, domain: b, milters: [] })
    } else if (what === 'milter') session?.milters.push({ milter: fromHex(a), fields: [], others: [], reply: '' })
    else if (milter === undefined) continue
    else if (what === 'unreached') milter.unreached = fromHex(a)
    else if (what === 'insert') milter.fields.push({ index: Number(a), name: fromHex(b), value: fromHex(c) })
    else if (what === 'add') milter.fields.push({ name: fromHex(a), value: fromHex(b) })
    else if (what === 'other') milter.others.push(fromHex(a))
    else if (what === 'verdict') [milter.verdict, milter.reply] = [a, fromHex(b)]
  }
  return { parameters, services, domains, own, sessions }
}
