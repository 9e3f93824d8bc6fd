// playbooks/dkim.ts on hosts that others have set up: keys in use stay in use wherever they are named, and what could
// stop the mail is refused. Has a lab of its own.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { AdoptionDocument } from '../../src/report/adoption/inventory.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { OTHER_MILTER } from '../brownfield/other-milter.ts'
import { nameLab } from './own-lab.ts'

nameLab('adopt')
const lab = await import('../../lab/index.ts')
const test = suite('lab: hosts set up by others')

let here: Project
const dkim = async (
  ...words: readonly string[]
): Promise<{
  readonly code: number | null
  readonly host: RunDocument['hosts'][number]
  readonly selectors: readonly string[]
}> => {
  const { code, stdout, stderr } = await here.mailrun(
    join(ROOT, 'playbooks/dkim.ts'),
    '-i',
    lab.inventoryPath,
    '-i',
    'over.yaml',
    '--format',
    'json',
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  const host = (JSON.parse(stdout) as RunDocument).hosts[0]!
  return { code, host, selectors: ((host.outputs['dns'] ?? []) as { name: string }[]).map(({ name }) => name) }
}
/** The selector of the keys that others made is its own. */
const OVER = 'mail:\n  hosts:\n    mx1: { dkim_selectors: [default] }\n'
const inMx1 = (script: string): Promise<string> => inHost('mx1', script)

const CLEAN = 'rm -rf /etc/dkimkeys/* /etc/opendkim /etc/mail'
const KEY = (path: string): string => `mkdir -p $(dirname ${path})
openssl genrsa -out ${path} 2048 2>/dev/null
chmod 600 ${path}`
const HEAD = [
  'UserID opendkim',
  'Socket local:/run/opendkim/opendkim.sock',
  'PidFile /run/opendkim/opendkim.pid',
  '',
].join('\\n')
const CONF = (lines: string): string => `printf '${HEAD}${lines}' > /etc/opendkim.conf`
const BOTH = "sed 's/D/fleet.test/g' /tmp/line; sed 's/D/example.test/g' /tmp/line"
const tables = (signing: string, key: string): string => `printf '${signing}\\n' > /tmp/line
{ ${BOTH}; } > /etc/opendkim/SigningTable
printf '${key}\\n' > /tmp/line
{ ${BOTH}; } > /etc/opendkim/KeyTable`
/** One after the other. */
const script = (...commands: readonly string[]): string => commands.join('\n')

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'over.yaml': OVER })
  await inMx1(`apt-get -qq update &&
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y install opendkim opendkim-tools openssl >/dev/null 2>&1`)
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

const FILE_TABLES = CONF('SigningTable refile:/etc/opendkim/SigningTable\\nKeyTable file:/etc/opendkim/KeyTable\\n')
const DEFAULT = ['default._domainkey.fleet.test', 'default._domainkey.example.test']
const ADOPTED: readonly (readonly [string, string])[] = [
  [
    'a SigningTable that is no refile',
    script(
      KEY('/etc/opendkim/k.pem'),
      tables('D default._domainkey.D', 'default._domainkey.D D:default:/etc/opendkim/k.pem'),
      CONF('SigningTable file:/etc/opendkim/SigningTable\\nKeyTable /etc/opendkim/KeyTable\\n'),
    ),
  ],
  [
    'a key for every domain (%)',
    script(KEY('/etc/opendkim/k.pem'), tables('*@D everyone', 'everyone %%:default:/etc/opendkim/k.pem'), FILE_TABLES),
  ],
  [
    'an included file, with lines that end as on Windows',
    script(
      KEY('/etc/opendkim/k.pem'),
      tables('*@D default._domainkey.D', 'default._domainkey.D D:default:/etc/opendkim/k.pem'),
      'echo SigningTable refile:/etc/opendkim/SigningTable > /etc/opendkim/c',
      'echo KeyTable file:/etc/opendkim/KeyTable >> /etc/opendkim/c',
      CONF('Include /etc/opendkim/c\\n'),
      "sed -i 's/$/\\r/' /etc/opendkim.conf /etc/opendkim/c /etc/opendkim/SigningTable /etc/opendkim/KeyTable",
    ),
  ],
  [
    'names in other letters, comments behind lines, the domain in a path',
    script(
      KEY('/etc/opendkim/Fleet.Test/k.pem'),
      KEY('/etc/opendkim/example.test/k.pem'),
      tables('*@D  k-D  # office', '\\tk-D\\tD:default:/etc/opendkim/%%/k.pem\\t# since 2023: main key'),
      'sed -i s/@fleet/@FLEET/ /etc/opendkim/SigningTable',
      'sed -i s/fleet.test:def/Fleet.Test:def/ /etc/opendkim/KeyTable',
      CONF('SIGNINGTABLE refile:/etc/opendkim/SigningTable\\nkeytable file:/etc/opendkim/KeyTable\\n'),
    ),
  ],
  [
    'Domain, Selector and KeyFile without tables, with SubDomains',
    script(
      KEY('/etc/mail/dkim.key'),
      CONF('Domain fleet.test, example.test\\nSubDomains yes\\nSelector default\\nKeyFile /etc/mail/dkim.key\\n'),
    ),
  ],
]
for (const [what, given] of ADOPTED) {
  test(`${what}: its selector stays`, async () => {
    await inMx1(script(CLEAN, given))
    const { code, host, selectors } = await dkim('--check')
    assert.is(code, 2, JSON.stringify(host))
    assert.equal(selectors, DEFAULT)
    assert.equal(
      host.tasks.filter(({ status }) => status === 'assumed'),
      [],
    )
  })
}

test('a selector that the inventory does not give it stays, too: its records are not printed', async () => {
  writeFileSync(join(here.folder, 'over.yaml'), 'mail:\n')
  const { code, host, selectors } = await dkim('--check')
  writeFileSync(join(here.folder, 'over.yaml'), OVER)
  assert.is(code, 2, JSON.stringify(host))
  assert.equal(selectors, [])
  assert.match(
    JSON.stringify(host),
    'selector-foreign: the host signs for fleet.test with the selector default, which the inventory does not give it',
  )
})

const ARRIVED = `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -qs "Subject: adopted" /var/mail/* && exit 0
  sleep 0.5
done
mailq
exit 1`
const LAST_RUN =
  'the last of these, really run: nothing is predicted wrongly, the key is the same, and mail is signed with it'
test(LAST_RUN, async () => {
  const key = await inMx1('sha256sum < /etc/mail/dkim.key')
  const check = await dkim('--check')
  const run = await dkim()
  assert.is(run.code, 0, JSON.stringify(run.host))
  assert.equal(
    check.host.tasks.map(({ changes }) => changes),
    run.host.tasks.map(({ changes }) => changes),
  )
  assert.is(await inMx1('sha256sum < /etc/mail/dkim.key; ls /etc/dkimkeys/fleet.test'), key)
  assert.is(await inMx1('grep -c "^\\*@\\*\\.\\(fleet\\|example\\).test default" /etc/dkimkeys/SigningTable'), '2')
  await inMx1("printf 'From: a@fleet.test\\nSubject: adopted\\n\\nhello\\n' | /usr/sbin/sendmail -f a@fleet.test root")
  await inMx1(ARRIVED)
  assert.match(await inMx1('cat /var/mail/*'), /DKIM-Signature: [^;]*;[\s\S]*d=fleet\.test;\s+s=default;/)
  assert.is((await dkim('--check')).code, 0)
})

const usual = (key: string): string =>
  script(tables('*@D default._domainkey.D', `default._domainkey.D D:default:${key}`), FILE_TABLES)
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'a key in a directory that OpenDKIM cannot search',
    script(KEY('/etc/opendkim/keys/k.pem'), 'chmod 700 /etc/opendkim/keys', usual('/etc/opendkim/keys/k.pem')),
    /OpenDKIM cannot get at it, for \/etc\/opendkim\/keys is root:root 0700/,
  ],
  [
    'a key in a directory that others may write',
    script(KEY('/etc/opendkim/keys/k.pem'), 'chmod 777 /etc/opendkim/keys', usual('/etc/opendkim/keys/k.pem')),
    /refuses a key that others could replace, and \/etc\/opendkim\/keys is root:root 0777/,
  ],
  [
    'an Ed25519 key',
    script(
      'mkdir -p /etc/opendkim',
      'openssl genpkey -algorithm ed25519 -out /etc/opendkim/k.pem',
      usual('/etc/opendkim/k.pem'),
    ),
    /it is an ed25519 key, and OpenDKIM signs with RSA keys only/,
  ],
  [
    'a key of 512 bits',
    script(
      'mkdir -p /etc/opendkim',
      'openssl genrsa -out /etc/opendkim/k.pem 512 2>/dev/null',
      usual('/etc/opendkim/k.pem'),
    ),
    /it has 512 bits/,
  ],
  [
    'a key that is a symbolic link',
    script(KEY('/etc/opendkim/real.pem'), 'ln -s real.pem /etc/opendkim/k.pem', usual('/etc/opendkim/k.pem')),
    /k\.pem is a symbolic link/,
  ],
  [
    'a first key that is a link to nothing',
    script(
      'mkdir -p /etc/dkimkeys/fleet.test',
      'chown opendkim: /etc/dkimkeys/fleet.test',
      'ln -s /nowhere /etc/dkimkeys/fleet.test/mx1.private',
      CONF(''),
    ),
    /mx1\.private is a symbolic link/,
  ],
  [
    'a domain that is signed for and not named',
    script(
      KEY('/etc/opendkim/k.pem'),
      usual('/etc/opendkim/k.pem'),
      "echo '*@other.test default._domainkey.fleet.test' >> /etc/opendkim/SigningTable",
    ),
    /\*@other\.test: d=fleet\.test s=default \(.*:3\); it would leave unsigned\nadd other\.test to domains, or say/,
  ],
  [
    'everybody, and a network of clients',
    script(
      KEY('/etc/mail/dkim.key'),
      CONF('Domain *\\nSelector default\\nKeyFile /etc/mail/dkim.key\\nInternalHosts csl:127.0.0.1,10.0.0.0/8\\n'),
    ),
    /\*@\*: d=% s=default .*; it would leave unsigned\n.*drop_signing: \['\*'\]/,
  ],
  [
    'senders, and signers of their own',
    script(
      KEY('/etc/opendkim/k.pem'),
      usual('/etc/opendkim/k.pem'),
      "sed -i '1i ceo@fleet.test default._domainkey.example.test:ceo@example.test' /etc/opendkim/SigningTable",
    ),
    /ceo@fleet\.test: d=example\.test s=default i=ceo@example\.test .*; another key of fleet\.test would sign it/,
  ],
  [
    'a table that is no file',
    CONF('KeyTable csl:k=fleet.test:s:/k\\nSigningTable ldap://db.example/x\\n'),
    /opendkim\.conf:\d+: SigningTable is a data set of the type ldap:, which mailrun does not read/,
  ],
]
for (const [what, given, message] of REFUSED) {
  test(`${what} is refused, in a check too, and nothing is touched`, async () => {
    await inMx1(script(CLEAN, given))
    const tree = (): Promise<string> =>
      lab.treeHash('mx1', { exclude: ['/var/spool/postfix', '/var/lib/postfix', '/run'] })
    const before = await tree()
    const check = await dkim('--check')
    assert.is(check.code, 3, JSON.stringify(check.host))
    assert.match(check.host.error ?? '', message)
    assert.is(await tree(), before)
    const run = await dkim()
    assert.is(run.code, 3)
    assert.match(run.host.error ?? '', message)
    assert.is(await tree(), before)
    assert.is(await inMx1('systemctl is-active opendkim'), 'active')
  })
}

test('a milter that is dead stops the run, and nothing is touched', async () => {
  const service = 'submission inet n - y - - smtpd -o smtpd_milters=inet:127.0.0.1:11332'
  await inMx1(script(CLEAN, CONF(''), `postconf -M 'submission/inet=${service}'`))
  const before = await lab.treeHash('mx1', { exclude: ['/var/spool/postfix', '/var/lib/postfix'] })
  const run = await dkim()
  assert.is(run.code, 3)
  assert.match(
    run.host.error ?? '',
    /11332 \(submission\/inet, by smtpd_milters\), which is dead: Connection refused; mail is deferred/,
  )
  assert.is(await lab.treeHash('mx1', { exclude: ['/var/spool/postfix', '/var/lib/postfix'] }), before)
  await inMx1('postconf -MX submission/inet')
})

test("a milter that is not OpenDKIM's stays", async () => {
  const milters = 'inet:localhost:8892 unix:/run/opendkim/opendkim.sock inet:127.0.0.1:11332'
  const others = [8892, 11332].map(OTHER_MILTER)
  await inMx1(script(CLEAN, CONF(''), ...others, `postconf -e 'smtpd_milters=${milters}'`))
  const run = await dkim()
  assert.is(run.code, 0, JSON.stringify(run.host))
  assert.is(
    await inMx1('postconf -h smtpd_milters'),
    'inet:localhost:8892 unix:opendkim/opendkim.sock inet:127.0.0.1:11332',
  )
})

/** A host by a guide: two tables beside each other, a port, a file of trusted hosts, Postfix that lets mail pass. */
const BY_GUIDE = script(
  CLEAN,
  'rm -rf /etc/systemd/system/opendkim.service.d && systemctl daemon-reload',
  KEY('/etc/opendkim/keys/mail.private'),
  'chown -R opendkim: /etc/opendkim/keys',
  tables('*@D mail._domainkey.D', 'mail._domainkey.D D:mail:/etc/opendkim/keys/mail.private'),
  "printf '127.0.0.1\\nlocalhost\\n10.9.0.0/16\\n' > /etc/opendkim/TrustedHosts",
  `printf 'UserID opendkim\\nSocket inet:8891@localhost\\nPidFile /run/opendkim/opendkim.pid\\n\
KeyTable /etc/opendkim/KeyTable\\nSigningTable refile:/etc/opendkim/SigningTable\\n\
InternalHosts /etc/opendkim/TrustedHosts\\n' > /etc/opendkim.conf`,
  "postconf -e milter_default_action=accept smtpd_milters=inet:localhost:8891 'non_smtpd_milters=$smtpd_milters'",
  'postconf -X internal_mail_filter_classes; postconf -e myhostname=mx1.fleet.test',
  'systemctl restart opendkim && systemctl reload postfix; rm -f /var/mail/*',
)
const SEND = "printf 'From: a@fleet.test\\nSubject: adopted\\n\\nhello\\n' | /usr/sbin/sendmail -f a@fleet.test root"
/** Of the message that came: who signed, by which key. */
const SIGNED_BY = `(${ARRIVED}) || exit 1
sed -n '/^DKIM-Signature/,/t=/p' /var/mail/* | tr -d '\\t' | tr ';' '\\n' | grep -xE ' *[ds]=.*' | tr -d ' '
sha256sum /etc/opendkim/keys/mail.private; rm -f /var/mail/*`

test('mailrun adopt: by its inventory a run keeps the keys, the socket and the trusted hosts', async () => {
  await inMx1(BY_GUIDE)
  await inMx1(SEND)
  const before = await inMx1(SIGNED_BY)
  assert.match(before, /^d=fleet\.test\ns=mail\n/)
  const way = ['--ssh-config', join(lab.stateDir, 'ssh_config')]
  const hash = await lab.treeHash('mx1', { exclude: ['/var/spool/postfix', '/var/lib/postfix'] })
  const found = await here.mailrun('adopt', 'root@mx1', ...way, '--write', 'adopted/hosts.yaml')
  assert.is(found.code, 2, found.stderr)
  assert.match(found.stderr, /opendkim opendkim.conf, tables, unit[^]*1 host: 1 would change/)
  assert.is(await lab.treeHash('mx1', { exclude: ['/var/spool/postfix', '/var/lib/postfix'] }), hash)
  assert.equal(parse(readFileSync(join(here.folder, 'adopted/hosts.yaml'), 'utf8')), {
    mail: {
      hosts: {
        mx1: {
          ansible_user: 'root',
          domains: ['fleet.test', 'example.test'],
          dkim_selector: 'mail',
          opendkim_socket: 'inet:8891@localhost',
          trusted_hosts: ['10.9.0.0/16'],
          milter_default_action: 'accept',
          fqdn: 'mx1.fleet.test',
          sign_host_name: false,
        },
      },
    },
  })
  const run = (...words: readonly string[]) =>
    here.mailrun(join(ROOT, 'playbooks/dkim.ts'), '-i', 'adopted/hosts.yaml', ...way, ...words)
  const first = await run()
  assert.is(first.code, 0, first.stdout + first.stderr)
  const second = await run('--check')
  assert.is(second.code, 0, second.stdout)
  await inMx1(SEND)
  assert.is(await inMx1(SIGNED_BY), before)
  assert.is(
    await inMx1('postconf -h milter_default_action; grep 10.9 /etc/dkimkeys/TrustedHosts'),
    'accept\n10.9.0.0/16',
  )
  const again = await here.mailrun('adopt', 'root@mx1', ...way, '--write', 'adopted/hosts.yaml')
  assert.is(again.code, 0, again.stderr)
  assert.match(again.stderr, 'adopted/hosts.yaml says so already')
})

test('mailrun adopt --format json: by its schema; lists of master.cf; a user whom sshd refuses', async () => {
  const schemaOf = (name: string): object =>
    JSON.parse(readFileSync(join(ROOT, `docs/${name}.schema.json`), 'utf8')) as object
  const valid = new Ajv2020({ strict: true })
    .addSchema(schemaOf('run'), 'run.schema.json')
    .compile<AdoptionDocument>(schemaOf('adopt'))
  const adopt = async (host: string): Promise<AdoptionDocument> => {
    const way = ['--ssh-config', join(lab.stateDir, 'ssh_config'), '--format', 'json']
    const document: unknown = JSON.parse((await here.mailrun('adopt', host, ...way)).stdout)
    assert.ok(valid(document), JSON.stringify(valid.errors))
    return document
  }
  await inMx1(
    script(
      OTHER_MILTER(11332),
      "postconf -M 'submission/inet=submission inet n - y - - smtpd -o smtpd_milters=inet:127.0.0.1:11332'",
    ),
  )
  const { hosts, check } = await adopt('root@mx1')
  assert.match(
    hosts[0]!.left.join('\n'),
    /^submission\/inet \(-o smtpd_milters of master\.cf\) asks inet:127\.0\.0\.1:11332 and/,
  )
  assert.is((check as RunDocument).check, true)
  const [refused] = (await adopt('nobody@mx1')).hosts
  assert.match(refused!.error ?? '', /permission denied for nobody [^]*: name another user .*another key .*password/)
})

test.run()
