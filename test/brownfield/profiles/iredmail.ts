// What iRedMail leaves: amavis behind Postfix's queue, which signs; OpenDKIM signs nothing yet. A stand-in is amavis.
// https://github.com/iredmail/iRedMail/blob/master/samples/postfix/master.cf
import { FIRST, postconf, restart, steps, submission, type Profile } from '../profile.ts'
import { filterStandIn } from '../stand-ins.ts'

/** The services by which mail goes to amavis and comes back. */
export const AMAVIS_FEED = [
  'smtp-amavis unix - - n - 2 smtp -o syslog_name=postfix/amavis -o smtp_data_done_timeout=1200',
  '-o smtp_send_xforward_command=yes -o disable_dns_lookups=yes -o max_use=20',
].join(' ')

/** @param milters - what the way back says of milters, as options. */
export const amavisReturn = (...milters: readonly string[]): string =>
  [
    '127.0.0.1:10025 inet n - n - - smtpd -o syslog_name=postfix/10025 -o content_filter= -o mynetworks=127.0.0.0/8',
    '-o smtpd_delay_reject=no -o smtpd_client_restrictions=permit_mynetworks,reject -o smtpd_helo_restrictions=',
    '-o smtpd_sender_restrictions= -o smtpd_recipient_restrictions=permit_mynetworks,reject',
    '-o smtpd_end_of_data_restrictions= -o smtpd_error_sleep_time=0 -o smtpd_soft_error_limit=1001',
    '-o smtpd_authorized_xforward_hosts=127.0.0.0/8',
    ...milters.map((option) => `-o ${option}`),
  ].join(' ')

export const iredmail: Profile = {
  name: 'iredmail',
  source: 'https://github.com/iredmail/iRedMail/blob/master/samples/postfix/master.cf',
  about: 'amavis signs, behind the queue',
  setup: steps(
    // It does not install OpenDKIM: on this host the package is there, and nobody asks it.
    'systemctl disable --quiet --now opendkim',
    filterStandIn('amavis', 10024, 10025, 'dkim'),
    `postconf -M 'smtp-amavis/unix=${AMAVIS_FEED}'`,
    `postconf -M '127.0.0.1:10025/inet=${amavisReturn(
      'receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_address_mappings',
    )}'`,
    postconf('content_filter = smtp-amavis:[127.0.0.1]:10024'),
    submission('content_filter=smtp-amavis:[127.0.0.1]:10024'),
    restart,
    'systemctl stop opendkim',
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [],
  vars: { domains: [FIRST] },
}
