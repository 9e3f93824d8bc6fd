// Explains why milters did not answer as they should: Postfix asks none, one cannot be reached, or one does not accept
// the mail.
import { failed, unknown } from '../mail/proof/verdicts.ts'
import type { Verdict } from '../mail/proof/proof.ts'
import type { Signer } from '../signers/signer.ts'
import type { MilterAnswer, MilterSession, MilterState } from '../signers/milter-sign.ts'

type Role = MilterSession['role']
type Parameters = MilterState['parameters']

export function hindrance(
  { role, milters }: MilterSession,
  parameters: Parameters,
  signer: Signer,
): Verdict | undefined {
  if (milters.length === 0) return withoutMilter(role, parameters)
  const unreached = milters.find((each) => each.unreached !== undefined)
  if (unreached) return unreachedVerdict(role, unreached, parameters['milter_default_action'] || 'tempfail', signer)
  const refused = milters.find(({ verdict }) => verdict !== 'accept' && verdict !== 'continue')
  return refused === undefined ? undefined : refusedVerdict(role, refused, signer)
}

function withoutMilter(role: Role, parameters: Parameters): Verdict | undefined {
  if (role === 'outsider') return undefined
  if (role === 'bounce') {
    const why = parameters['non_smtpd_milters']
      ? 'internal_mail_filter_classes does not name bounce'
      : 'non_smtpd_milters names no milter'
    return failed(
      'no-milter',
      `${why}: bounces leave unsigned`,
      'run playbooks/dkim.ts; where bounces are not to be signed, say sign_bounces: false',
    )
  }
  const [parameter, mail] =
    role === 'local' ? ['non_smtpd_milters', 'mail of programs on the host'] : ['smtpd_milters', 'mail of clients']
  return failed('no-milter', `${parameter} names no milter: ${mail} leaves unsigned`)
}

/** Of a stranger's mail nothing is known then. */
const unprovedFor = (role: Role): typeof failed => (role === 'outsider' ? unknown : failed)

function unreachedVerdict(
  role: Role,
  { milter, unreached: why = '' }: MilterAnswer,
  action: string,
  signer: Signer,
): Verdict {
  const fate = `mail ${fateBy(action)} (milter_default_action = ${action})`
  return unprovedFor(role)(
    'milter-unreached',
    `Postfix does not reach ${milter}: ${why}; ${fate}`,
    adviceOn(why, signer),
  )
}

function fateBy(action: string): string {
  switch (action) {
    case 'accept':
      return 'leaves unsigned'
    case 'quarantine':
      return 'is held'
    case 'reject':
      return 'is refused'
    default:
      return 'is deferred'
  }
}

function adviceOn(why: string, { title, unit, user }: Signer): string {
  if (/permission/i.test(why)) {
    return (
      "the user postfix must be let through the socket's directory and to the socket: " +
      `${user}:postfix 2750 and UMask 007; playbooks/dkim.ts does so`
    )
  }
  if (!/refused|no such file/i.test(why)) return "see the milter's log"
  return (
    `is ${title} running ("systemctl status ${unit}"), and does it listen where Postfix looks? ` +
    'In a chroot paths begin below the queue directory'
  )
}

function refusedVerdict(role: Role, { milter, verdict, reply }: MilterAnswer, { unit, user }: Signer): Verdict {
  if (verdict === 'tempfail' || reply.startsWith('4')) {
    return unprovedFor(role)(
      'milter-tempfail',
      `${milter} puts the mail off (${reply || '451'})`,
      `its log says why ("journalctl -u ${unit}"): as a rule the key is missing, ` +
        `cannot be read by the user ${user}, or can be read by others`,
    )
  }
  const what = `${milter} refuses the mail: ${reply || verdict}`
  return role === 'outsider' ? { status: 'pass', id: 'milter-refused', what } : failed('milter-refused', what)
}
