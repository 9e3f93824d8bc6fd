// Small cases that failed, each rebuilt from a public report: OpenDKIM's files, laid over /etc, and scripts on a host
// with Postfix (cases/postfix).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES, type Case } from '../signers/cases.ts'
import { ROOT } from '../unit/cli/mailrun.ts'
import { FIRST, postconf, steps, type Profile } from './profile.ts'

/** By the beginning of a case's name: what is special, and where it is from. */
const ABOUT: readonly (readonly [string, string, string])[] = [
  ['03', 'Include', 'docker-versatile-postfix; opendkim.conf(5)'],
  ['04', 'lines end with CR LF', 'files edited on Windows'],
  ['06', 'names know no case; forms of a pattern', 'opendkim.conf(5)'],
  ['07', 'Domain is a data set', 'propellor; public opendkim.conf files'],
  ['08', 'Domain and KeyFile beside a KeyTable', 'OpenDKIM #240; a public Juju template'],
  ['09', 'SubDomains', "modoboa-installer's template; propellor"],
  ['10', '# anywhere in a line', 'opendkim.conf(5)'],
  ['11', '% and catch-alls', 'docker-mailserver #1579, #3810; chatmail/relay PR #784'],
]

/** Shell text that writes a file byte by byte. */
const laid = (path: string, text: string): string =>
  [
    `mkdir -p '${path.replace(/\/[^/]*$/, '')}'`,
    `base64 -d >'${path}' <<'BYTES'`,
    Buffer.from(text).toString('base64'),
    'BYTES',
  ].join('\n')

/** A throwaway key, at every path that is named; `%` of a path is the sender's domain. */
const key = (path: string): string => `mkdir -p '${path.replace(/\/[^/]*$/, '')}'
openssl genrsa -out '${path}' 2048 2>/dev/null
chown -R opendkim:opendkim /etc/opendkim/keys
chmod 600 '${path}'`

/** Smtpd and cleanup ask it outside of any chroot. */
const ASKED = `adduser --quiet postfix opendkim
postconf -F 'smtp/inet/chroot = n' 'cleanup/unix/chroot = n'`

/** Domains whose keys the case has. */
const DOMAINS = ['example.org', 'example.net']

function overEtc({ name, files, signed }: Case): Profile {
  const text = Object.values(files).join('\n')
  const named = [...text.matchAll(/\/etc\/opendkim\/keys\/[\w%./-]*private/g)].map(([path]) => path)
  const paths = named.flatMap((path) => DOMAINS.map((domain) => path.replace('%', domain)))
  const own = DOMAINS.filter((domain) =>
    Object.entries(signed).some(([sender, by]) => sender.endsWith(`@${domain}`) && by.length > 0),
  )
  const milter = 'unix:/run/opendkim/opendkim.sock'
  const [, about = '', source = ''] = ABOUT.find(([prefix]) => name.startsWith(prefix)) ?? []
  return {
    name,
    source,
    about,
    setup: steps(
      ...Object.entries(files).map(([path, content]) => laid(`/etc/${path}`, content)),
      ...[...new Set(paths)].map(key),
      ASKED,
      postconf(`smtpd_milters = ${milter}`, `non_smtpd_milters = ${milter}`, 'milter_default_action = accept'),
      'systemctl restart opendkim postfix',
    ),
    senders: Object.keys(signed),
    ways: ['25', 'sendmail'],
    keys: own.map((domain) => ({ domain, selector: 'mail', path: paths[0] ?? '' })),
    vars: { domains: own },
  }
}

const script = (name: string): string => readFileSync(join(ROOT, 'test/brownfield/cases/postfix', name), 'utf8')
const KEYS = [{ domain: FIRST, selector: 'mail', path: `/etc/opendkim/keys/${FIRST}/mail.private` }]

/** A script on top of the first, and what is done after it. */
const onPostfix = (
  name: string,
  about: string,
  source: string,
  commands: readonly string[],
  ways: Profile['ways'] = ['25', 'sendmail'],
): Profile => ({
  name,
  source,
  about,
  setup: steps(script('01-milter-parameter.sh'), ...commands),
  senders: [`a@${FIRST}`],
  ways,
  keys: KEYS,
  vars: { domains: [FIRST] },
})

const OWN_PORT = 'modoboa #2895, modoboa-installer #207'
const NETHSERVER = 'NethServer/nethserver-mail PR #51'
/** `localhost` may be IPv4 alone. */
const LISTENS_ON_ALL = `sed -i 's/^Socket .*/Socket inet:8891/' /etc/opendkim.conf
systemctl restart opendkim`
const SUBMISSION = script('19-submission-parameter.sh')

export const SMALL_CASES: readonly Profile[] = [
  ...CASES.map(overEtc),
  onPostfix('01-parameter', '$dkim_milter', 'docker-mailserver #3109', []),
  onPostfix('02-own-socket', 'a port of its own', OWN_PORT, [script('02-own-socket.sh')]),
  onPostfix('02-stopped', 'the same, stopped', OWN_PORT, [script('02-own-socket.sh'), 'systemctl stop opendkim']),
  onPostfix('19-submission', '$submission_smtpd_milters', NETHSERVER, [SUBMISSION], ['25', '587', 'sendmail']),
  onPostfix(
    '19-stopped',
    'a literal list in master.cf, OpenDKIM stopped',
    NETHSERVER,
    [
      SUBMISSION,
      `postconf -P 'submission/inet/smtpd_milters=inet:localhost:8891'`,
      'systemctl reload postfix',
      'systemctl stop opendkim',
    ],
    ['25', '587', 'sendmail'],
  ),
  // Siblings: other spellings of one socket.
  ...[
    ['bracketed', 'inet:[127.0.0.1]:8891'],
    ['ip6-localhost', 'inet:ip6-localhost:8891'],
    ['host-name', `inet:mx1.${FIRST}:8891`],
    ['braces', '{ inet:localhost:8891, connect_timeout=5s, default_action=accept }'],
  ].map(([name = '', item = '']) =>
    onPostfix(`spelled-${name}`, item, 'postconf(5), smtpd_milters', [
      ...(name === 'host-name' || name === 'ip6-localhost' ? [LISTENS_ON_ALL] : []),
      `postconf -X dkim_milter`,
      postconf(`smtpd_milters = ${item}`, `non_smtpd_milters = ${item}`),
      'systemctl reload postfix',
    ]),
  ),
]
