// Why milters did not answer as they should: none is asked, one is not reached, or one does not take the mail.
import type { Verdict } from '../model/proof.ts'
import type { MilterAnswer, MilterSession, MilterState } from '../probes/milter-sign.ts'

type Role = MilterSession['role']
type Parameters = MilterState['parameters']

export function hindrance({ role, milters }: MilterSession, parameters: Parameters): Verdict | undefined {
  if (milters.length === 0) return withoutMilter(role, parameters)
  const unreached = milters.find((each) => each.unreached !== undefined)
  if (unreached) return unreachedVerdict(role, unreached, parameters['milter_default_action'] || 'tempfail')
  const refused = milters.find(({ verdict }) => verdict !== 'accept' && verdict !== 'continue')
  return refused === undefined ? undefined : refusedVerdict(role, refused)
}

function withoutMilter(role: Role, parameters: Parameters): Verdict | undefined {
  if (role === 'outsider') return undefined
  if (role === 'bounce') {
    const why = parameters['non_smtpd_milters']
      ? 'internal_mail_filter_classes does not name bounce'
      : 'non_smtpd_milters names no milter'
    return {
      status: 'fail',
      id: 'no-milter',
      what: `${why}: bounces leave unsigned`,
      advice: 'run playbooks/dkim.ts; where bounces are not to be signed, say sign_bounces: false',
    }
  }
  const [parameter, mail] =
    role === 'local' ? ['non_smtpd_milters', 'mail of programs on the host'] : ['smtpd_milters', 'mail of clients']
  return {
    status: 'fail',
    id: 'no-milter',
    what: `${parameter} names no milter: ${mail} leaves unsigned`,
    advice: 'run playbooks/dkim.ts; where master.cf says otherwise for a service (-o), mend that',
  }
}

function unreachedVerdict(role: Role, { milter, unreached: why = '' }: MilterAnswer, action: string): Verdict {
  const fate = `mail ${fateBy(action)} (milter_default_action = ${action})`
  return {
    status: role === 'outsider' ? 'unknown' : 'fail',
    id: 'milter-unreached',
    what: `Postfix does not reach ${milter}: ${why}; ${fate}`,
    advice: adviceOn(why),
  }
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
      return 'is put off'
  }
}

function adviceOn(why: string): string {
  if (/permission/i.test(why)) {
    return (
      "the user postfix must be let through the socket's directory and to the socket: " +
      'opendkim:postfix 2750 and UMask 007; playbooks/dkim.ts does so'
    )
  }
  if (!/refused|no such file/i.test(why)) return "see the milter's log"
  return (
    'is OpenDKIM running ("systemctl status opendkim"), and does it listen where Postfix looks? ' +
    'In a chroot paths begin below the queue directory'
  )
}

function refusedVerdict(role: Role, { milter, verdict, reply }: MilterAnswer): Verdict {
  if (verdict === 'tempfail' || reply.startsWith('4')) {
    return {
      status: role === 'outsider' ? 'unknown' : 'fail',
      id: 'milter-tempfail',
      what: `${milter} puts the mail off (${reply || '451'})`,
      advice:
        'its log says why ("journalctl -u opendkim"): as a rule the key is missing, ' +
        'cannot be read by the user opendkim, or can be read by others',
    }
  }
  return {
    status: role === 'outsider' ? 'pass' : 'fail',
    id: 'milter-refused',
    what: `${milter} refuses the mail: ${reply || verdict}`,
    ...(role === 'outsider' ? {} : { advice: "see that milter's log" }),
  }
}
