// What modoboa's installer leaves: tables in a database, which OpenDKIM asks by OpenDBX. The database is one of SQLite
// that is not there, so that OpenDKIM does not start and mail passes unsigned, as on a host whose database is down.
// https://github.com/modoboa/modoboa-installer/blob/master/modoboa_installer/scripts/files/opendkim/opendkim.conf.tpl
import { FIRST, file, postconf, steps, submission, type Profile } from '../profile.ts'

const DSN = 'dsn:sqlite3://modoboa:modoboa@127.0.0.1/modoboa/table=dkim'

export const modoboa: Profile = {
  name: 'modoboa',
  source: 'https://github.com/modoboa/modoboa-installer',
  about: 'dsn: tables, the database down',
  setup: steps(
    file(
      '/etc/opendkim.conf',
      'Syslog\t\t\tyes',
      'SyslogSuccess   \tYes',
      'LogWhy\t\t\tYes',
      'LogResults  Yes',
      'UMask\t\t\t007',
      `KeyTable\t\t${DSN}?keycol=id?datacol=domain_name,selector,private_key_path`,
      `SigningTable\t\t${DSN}?keycol=domain_name?datacol=id`,
      'SubDomains\t\tyes\t',
      'Canonicalization        relaxed/relaxed',
      'Socket                  inet:12345@localhost',
      'PidFile               /var/run/opendkim/opendkim.pid',
      'OversignHeaders\t\tFrom',
      'UserID                opendkim',
      'ExternalIgnoreList      /etc/opendkim.hosts',
      'InternalHosts           /etc/opendkim.hosts',
    ),
    file('/etc/opendkim.hosts', '127.0.0.1', '::1', 'localhost', `mx1.${FIRST}`),
    postconf(
      'smtpd_milters = inet:127.0.0.1:12345',
      'non_smtpd_milters = inet:127.0.0.1:12345',
      'milter_default_action = accept',
      'milter_content_timeout = 30s',
    ),
    submission('milter_macro_daemon_name=ORIGINATING'),
    'systemctl stop opendkim',
    'systemctl start opendkim || :',
    'systemctl restart postfix',
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [],
  vars: { domains: [FIRST] },
  refused: true,
}
