// Audit rules about Postfix itself and its main.cf.
import { foundIf, rule } from '../../../findings/rule.ts'
import type { MailSetup } from '../../../mail/mail-setup.ts'
import { SIGNER_TITLES } from '../../../signers/signers.ts'
import { PARAMETER_TWICE } from '../../../signers/parameter-twice.ts'
import { mainPath, placeInMain, postfixOf } from '../../../resources/postfix/mail-setup.ts'

/** Mail servers of others, which may sign by themselves. */
const MTAS = [
  'exim4-daemon-heavy',
  'exim4-daemon-light',
  'opensmtpd',
  'sendmail-bin',
  'qmail',
  'nullmailer',
  'msmtp-mta',
  'ssmtp',
]

export const noPostfix = rule({
  id: 'no-postfix',
  check: 'setup',
  severity: 'unknown',
  means: 'The host has no Postfix: mailrun does not look at other mail servers.',
  remedy: 'check it with its own tools, or remove the host from the inventory',
  find({ packages, parameters }: MailSetup) {
    const mtas = MTAS.filter((name) => packages[name] !== undefined)
    return foundIf(Object.keys(parameters).length === 0, {
      message:
        mtas.length > 0
          ? `mail is sent by ${mtas.join(', ')}, of which nothing is looked at`
          : 'there is no Postfix, or postconf cannot read its configuration',
      found: mtas.join(', ') || 'no mail server',
    })
  },
})

export const milterAccept = rule({
  id: 'milter-accept',
  check: 'setup',
  severity: 'warning',
  means: `Whenever ${SIGNER_TITLES} does not answer, mail leaves unsigned, and nobody notices.`,
  remedy: 'milter_default_action = tempfail',
  find: (setup: MailSetup) =>
    foundIf(
      (postfixOf(setup)?.uses ?? []).some(({ action }) => action === 'accept'),
      {
        subject: placeInMain(setup, 'milter_default_action'),
        message: 'mail leaves unsigned whenever a milter does not answer',
        expected: 'tempfail',
        found: 'accept',
      },
    ),
})

export const parameterTwice = rule({
  ...PARAMETER_TWICE,
  find(setup: MailSetup) {
    if (setup.postfix === undefined) return []
    return Object.entries(setup.parameterLines)
      .filter(([, lines]) => lines.length > 1)
      .map(([name, lines]) => ({
        subject: { path: mainPath(setup), line: lines.at(-1)!, about: name },
        message: `${name} is set in lines ${lines.join(', ')}`,
        expected: 'one line',
        found: `${lines.length} lines`,
      }))
  },
})

export const heloNotQualified = rule({
  id: 'helo-not-qualified',
  check: 'setup',
  severity: 'error',
  means: 'The host greets others with a name that does not exist in DNS: large receivers refuse its mail.',
  remedy: 'set myhostname to the name of its address',
  find(setup: MailSetup) {
    const helo = setup.parameters['smtp_helo_name'] ?? ''
    const isUnqualified =
      /^[^.]+$|\.$|^\d[\d.]*$/.test(helo) || /\.(?:localdomain|local|lan|internal|invalid)$/.test(helo)
    return foundIf(setup.postfix !== undefined && isUnqualified, {
      subject: placeInMain(setup, 'myhostname'),
      message: `it greets others as ${helo}`,
      found: helo,
    })
  },
})
