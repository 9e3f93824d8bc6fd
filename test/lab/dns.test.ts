// mailrun dns against two real BINDs: plan, push by TSIG under narrow policies and by the session key, verify with a
// secondary that lags or is silent. Has a lab of its own.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { authoritative } from '../../src/dns/lookup/authoritative.ts'
import { serversOf } from '../../src/dns/lookup/server-addresses.ts'
import type { Looking } from '../../src/dns/lookup/look.ts'
import { planRecords, type DnsPlan } from '../../src/dns/plan/plan-dns.ts'
import { pushFromHere } from '../../src/dns/backends/nsupdate/push-from-here.ts'
import { servedEverywhere } from '../../src/dns/served/served-everywhere.ts'
import { writtenChange } from '../../src/dns/backends/written-change.ts'
import type { MailRecord } from '../../src/mail/records/dns-record.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { nameServers, type NameServers } from './name-servers.ts'
import { nameLab } from './own-lab.ts'

nameLab('dnspush')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mailrun dns')

let here: Project
let servers: NameServers
let looking: Looking
const KEYS = ['mailrun', 'stranger', 'wrong'] as const

const keyMade = (zone: string, selector: string): string => `command -v openssl >/dev/null ||
  apt-get install -y openssl >/dev/null
install -d /etc/dkimkeys/${zone}
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
-out /etc/dkimkeys/${zone}/${selector}.private 2>/dev/null`
const ONE_RECORDS = `@ IN TXT "site=1"
@ 600 IN TXT "v=spf1 include:_spf.other.test " "-all"
*.wild IN TXT "v=spf1 mx -all"
old._domainkey IN CNAME slot
`
/** As somebody left it. */
const BROKEN_RECORDS = `@ IN TXT "v=spf1 ip4:300.1.2.3 -all"
_dmarc IN TXT "v=DMARC1 p=none"
mx2._domainkey IN TXT "v=DKIM1; k=rsa; p=MII cut short"
`

test.before(async () => {
  here = project({})
  await lab.labUp({ size: 2, tools: true, wire: undefined })
  // Keys as playbooks/dkim.ts leaves them; OpenDKIM itself is not needed here.
  for (const host of ['mx1', 'mx2']) for (const zone of ['one.test', 'two.test']) await run(host, keyMade(zone, host))
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})
test.before.each(async () => {
  const subnet = (await lab.address('verify')).replace(/\.\d+$/, '')
  servers = await nameServers(
    (script) => lab.hostExec('verify', script),
    subnet,
    [
      { zone: 'one.test', records: ONE_RECORDS },
      { zone: 'two.test', records: '@ IN MX 10 mx\n' },
      { zone: 'three.test', records: BROKEN_RECORDS },
    ],
    ['two.test'],
  )
  for (const name of KEYS) {
    writeFileSync(join(here.folder, `${name}.key`), await servers.keyFile(name))
    chmodSync(join(here.folder, `${name}.key`), 0o600)
  }
  looking = authoritative({ resolvers: [servers.primary] })
  inventory({ key_file: join(here.folder, 'mailrun.key') })
})

async function run(host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.hostExec(host, script)
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout
}

/** JSON is YAML. */
function inventory(dns: object, vars: object = {}): void {
  writeFileSync(
    join(here.folder, 'dns.yaml'),
    JSON.stringify({
      all: { vars: { dns: { resolvers: [servers.primary], ...dns } } },
      mail: {
        hosts: {
          mx1: { outgoing_addresses: ['192.0.2.1'], fqdn: 'mx1.one.test' },
          mx2: { outgoing_addresses: ['192.0.2.2', '2001:db8::2'], fqdn: 'mx2.one.test' },
        },
        vars: {
          domains: ['one.test', 'two.test'],
          dmarc: { p: 'none', rua: 'dmarc@one.test' },
          mail_domains: { 'two.test': { dmarc: { p: 'reject' } } },
          ...vars,
        },
      },
    }),
  )
}

const valid = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/dns.schema.json'), 'utf8')) as object,
)
/** A document, which is as its schema says. */
function printed(text: string): unknown {
  const document = JSON.parse(text) as unknown
  assert.ok(valid(document), JSON.stringify(valid.errors))
  return document
}
const mailrun = (...words: readonly string[]): Promise<Ended> =>
  here.mailrun('dns', ...words, '-i', lab.inventoryPath, '-i', 'dns.yaml')
const dig = (server: string, name: string, type = 'TXT'): Promise<string> =>
  run('verify', `dig +short +norecurse @${server} ${name} ${type} | sort`)

test('a plan tells what would change, in every form, and changes nothing', async () => {
  const serial = await dig(servers.primary, 'one.test', 'SOA')
  const { code, stdout, stderr } = await mailrun('plan')
  assert.is(code, 2, stdout + stderr)
  assert.match(stdout, '- "v=spf1 include:_spf.other.test " "-all"')
  assert.match(stdout, '+ "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip6:2001:db8::2 include:_spf.other.test -all"')
  assert.match(stdout, '"site=1" (of others, stays)')
  assert.match(stdout, '9 to add, 1 to change, 0 as they are to be')
  const zone = (await mailrun('plan', '--format', 'zone')).stdout
  assert.match(zone, /^mx1\._domainkey 3600 IN TXT "v=DKIM1/m)
  const json = printed((await mailrun('plan', '--format', 'json')).stdout) as {
    records: readonly { name: string; status: string; servers: readonly { name: string; answer: string }[] }[]
  }
  assert.equal(
    json.records.find(({ name }) => name === 'mx1._domainkey.one.test')?.servers.map((each) => each.answer),
    ['none', 'none'],
  )
  assert.match((await mailrun('plan', '--format', 'octodns')).stdout, '"site=1"')
  assert.is(await dig(servers.primary, 'one.test', 'SOA'), serial)
})

const NARROW_KEY =
  'a key that may change no more than keys and policies gets no further; the session key does; then all is served'
test(NARROW_KEY, async () => {
  const narrow = await mailrun('push', '--yes')
  assert.is(narrow.code, 3, narrow.stdout + narrow.stderr)
  assert.match(narrow.stdout, /^pushed {2}mx1\._domainkey\.one\.test TXT$/m)
  assert.match(narrow.stdout, /^pushed {2}two\.test TXT$/m)
  assert.match(
    narrow.stdout,
    /^failed {2}one\.test: REFUSED: .*update-policy.*\n {4}one\.test TXT\n {4}mx1\.one\.test TXT\n/m,
  )
  assert.match(await dig(servers.secondary, 'mx2._domainkey.two.test'), 'v=DKIM1')
  assert.match(await dig(servers.primary, 'one.test'), '"v=spf1 include:_spf.other.test " "-all"')

  inventory({ host: 'verify' })
  const local = await mailrun('push', '--yes')
  assert.is(local.code, 0, local.stdout + local.stderr)
  assert.match(local.stdout, 'served  all')
  for (const server of [servers.primary, servers.secondary])
    assert.is(
      await dig(server, 'one.test'),
      '"site=1"\n"v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip6:2001:db8::2 include:_spf.other.test -all"\n',
    )
  assert.is((await mailrun('plan')).code, 0)
  const verified = await mailrun('verify', '--format', 'json')
  assert.is(verified.code, 0)
  assert.equal((printed(verified.stdout) as { notServed: unknown }).notServed, [])
  // Keys as an independent verifier reads them from DNS.
  await run(
    'verify',
    `dig +short @${servers.secondary} mx1._domainkey.one.test TXT | tr -d '" \\n' |
  grep -o 'p=.*' | cut -c3- | base64 -d | openssl pkey -pubin -inform DER -noout`,
  )
})

/**
 * Hosts that say different things of DNS: of two.test the one, with its key as a value, of three.test the other, of
 * one.test both.
 */
function differingInventory(): void {
  const resolvers = [servers.primary]
  const byKey = { resolvers, key: readFileSync(join(here.folder, 'mailrun.key'), 'utf8') }
  const hosts = {
    mx1: {
      outgoing_addresses: ['192.0.2.1'],
      fqdn: 'two.test',
      domains: ['one.test', 'two.test'],
      dkim_selectors: ['mail_2023'],
      dns: byKey,
    },
    mx2: {
      outgoing_addresses: ['192.0.2.2'],
      fqdn: 'mx2.three.test',
      domains: ['one.test', 'three.test'],
      dns: { resolvers, host: 'verify' },
    },
  }
  const vars = { dmarc: { p: 'none', rua: 'dmarc@two.test' } }
  writeFileSync(join(here.folder, 'dns.yaml'), JSON.stringify({ mail: { hosts, vars } }))
}
/** As a key of somebody else's making is in use: its selector has a capital letter and an underscore. */
const CAPITAL_KEY = `${keyMade('two.test', 'Mail_2023')}
echo 'key1 two.test:Mail_2023:/etc/dkimkeys/two.test/Mail_2023.private' > /etc/dkimkeys/KeyTable
echo '*@two.test key1' > /etc/dkimkeys/SigningTable
printf '%s\\n' 'KeyTable file:/etc/dkimkeys/KeyTable' \\
  'SigningTable refile:/etc/dkimkeys/SigningTable' > /etc/opendkim.conf`
const NO_CAPITAL_KEY = 'rm -f /etc/dkimkeys/KeyTable /etc/dkimkeys/SigningTable /etc/opendkim.conf'

const ONE_BAD_NAME =
  'a broken SPF record, a selector in capitals, hosts that differ on dns: each is reported, and all others go on'
test(ONE_BAD_NAME, async () => {
  await run('mx1', CAPITAL_KEY)
  await run('mx2', keyMade('three.test', 'mx2'))
  differingInventory()
  const key = await servedKeyOf('mx1', '/etc/dkimkeys/two.test/Mail_2023.private')
  const spf = await dig(servers.primary, 'three.test')
  const pushed = await mailrun('push', '--yes')
  assert.is(pushed.code, 3, pushed.stdout + pushed.stderr)
  assert.match(
    pushed.stdout,
    /x three\.test TXT: left alone: three\.test TXT "v=spf1 ip4:300\.1\.2\.3 -all" is published, /,
  )
  assert.match(pushed.stdout, 'one.test: dns differs between mx1 and mx2')
  for (const name of ['mail_2023._domainkey.two.test', 'two.test', 'mx2._domainkey.three.test', '_dmarc.three.test'])
    assert.match(pushed.stdout, new RegExp(`^pushed {2}${name.replaceAll('.', '\\.')} TXT$`, 'm'))
  assert.match(pushed.stdout, /^served {2}all /m)
  assert.match((await dig(servers.secondary, 'mAIL_2023._domainkey.two.test')).replace(/[" ]/g, ''), key)
  assert.is(await dig(servers.primary, 'three.test'), spf)
  assert.is(await dig(servers.primary, '_dmarc.one.test'), '')

  const verified = await mailrun('verify')
  assert.is(verified.code, 3, verified.stdout + verified.stderr)
  assert.equal(
    verified.stdout.match(/^not served .*: /gm)?.map((line) => line.slice(0, 26)),
    ['not served  three.test TXT'],
  )
  const json = printed((await mailrun('plan', '--format', 'json')).stdout) as {
    records: readonly { name: string; status: string }[]
    unseen: readonly string[]
  }
  assert.equal(json.unseen, [])
  assert.equal(
    json.records.flatMap(({ name, status }) => (status === 'served' ? [] : [`${name} ${status}`])),
    ['three.test blocked'],
  )
  assert.not.match((await mailrun('plan', '--format', 'zone')).stdout, /^@ .*v=spf1 .*192\.0\.2\.2/m)
  await run('mx1', NO_CAPITAL_KEY)
})

/** The public half of a key as its record has it. */
const servedKeyOf = async (host: string, path: string): Promise<string> =>
  (await run(host, `openssl pkey -in ${path} -pubout | sed '/-----/d' | tr -d '\\n' | cut -c1-200`)).trim()

test('a zone that nothing leads into holds up no other', async () => {
  inventory({ zones: { 'two.test': { key_file: join(here.folder, 'mailrun.key') } } })
  const { code, stdout, stderr } = await mailrun('push', '--yes')
  assert.is(code, 3, stdout + stderr)
  assert.match(stdout, /^failed {2}one\.test: nothing says how records get into one\.test: /m)
  assert.match(stdout, /^pushed {2}mx1\._domainkey\.two\.test TXT$/m)
})

test('what could not be seen is not counted as nothing to change', async () => {
  const away = { ansible_host: '127.0.0.1', ansible_port: 1, ansible_ssh_retries: 0 }
  const mail = { hosts: { mx1: away, mx2: away }, vars: { domains: ['two.test'] } }
  const dns = { servers: [`${servers.primary}:1`] }
  writeFileSync(join(here.folder, 'dns.yaml'), JSON.stringify({ all: { vars: { dns } }, mail }))
  const plan = await mailrun('plan')
  assert.is(plan.code, 4, plan.stdout + plan.stderr)
  assert.not.match(plan.stdout, /to add|to change/)
  assert.match(
    plan.stdout,
    /^nothing could be seen: keys of mx1 for two\.test; keys of mx2 for two\.test; SPF of two\.test\b/m,
  )
  const verified = await mailrun('verify')
  assert.is(verified.code, 4, verified.stdout + verified.stderr)
  assert.not.match(verified.stdout, /served/)
  // With what the inventory alone says, and no name server that answers.
  const said = { ...mail, vars: { ...mail.vars, dmarc: { p: 'reject' } } }
  writeFileSync(join(here.folder, 'dns.yaml'), JSON.stringify({ all: { vars: { dns } }, mail: said }))
  const unanswered = await mailrun('plan')
  assert.is(unanswered.code, 4, unanswered.stdout + unanswered.stderr)
  assert.match(unanswered.stdout, /^nothing could be seen: 1 record, for nobody tells what is there; keys of mx1 /m)
})

test('without --yes and a terminal nothing is pushed', async () => {
  const { code, stderr } = await mailrun('push')
  assert.is(code, 1)
  assert.match(stderr, '--yes')
  assert.is(await dig(servers.primary, 'mx1._domainkey.one.test'), '')
})

test('wrong keys, a stranger, no key, a secondary, nobody there: each is reported as what it is', async () => {
  const pushed = async (dns: object): Promise<string> => {
    inventory(dns)
    const { code, stdout, stderr } = await mailrun('push', '--yes', '--wait', '0')
    assert.ok(code === 3 || code === 1, stdout + stderr)
    return stdout + stderr
  }
  const file = (name: string): string => join(here.folder, `${name}.key`)
  assert.match(
    await pushed({ key_file: file('wrong') }),
    'NOTAUTH (BADSIG): it knows a key of this name with another secret',
  )
  writeFileSync(file('nobody'), (await servers.keyFile('mailrun')).replace('mailrun', 'nobody'))
  assert.match(await pushed({ key_file: file('nobody') }), 'NOTAUTH (BADKEY): it does not know the key')
  assert.match(await pushed({ key_file: file('stranger') }), 'REFUSED')
  assert.match(await pushed({ key_file: file('none') }), 'is not there')
  writeFileSync(file('garbage'), 'c2VjcmV0\n')
  const garbage = await pushed({ key_file: file('garbage') })
  assert.match(garbage, 'cannot be read as one')
  assert.not.match(garbage, 'c2VjcmV0')
  assert.match(await pushed({ key_file: file('mailrun'), primary: servers.secondary }), 'REFUSED')
  assert.match(await pushed({ key_file: file('mailrun'), primary: `${servers.primary}:5454` }), 'nothing listens there')
  assert.match(await pushed({}), 'nothing says how records get into')
  assert.match(await pushed({ host: 'ns9' }), 'the inventory has no such host')
  assert.is(await dig(servers.primary, 'mx1._domainkey.one.test'), '')
})

/** Lets the primary name server give its zones to whoever asks, or to nobody. */
const transferTo = (from: 'any' | 'none', to: 'any' | 'none'): string =>
  `sed -i 's/allow-transfer { ${from}; }/allow-transfer { ${to}; }/' /etc/bind/ns1.conf
systemctl kill -s HUP ns1
sleep 1`
const SECONDARY_ANEW = `systemctl stop ns2
rm -f /var/cache/bind-ns2/*.test.db*
systemd-run --quiet --unit=ns2 named -f -u bind -c /etc/bind/ns2.conf`
const LAGS = 'a secondary that lags is named with what it serves and its serial; once it has caught up, all is served'
test(LAGS, async () => {
  inventory({ host: 'verify' })
  await run('verify', transferTo('any', 'none'))
  const lagging = await mailrun('push', '--yes', '--wait', '2')
  assert.is(lagging.code, 3, lagging.stdout + lagging.stderr)
  assert.match(
    lagging.stdout,
    new RegExp(
      String.raw`^not served {2}mx1\._domainkey\.one\.test TXT: ` +
        String.raw`ns2\.one\.test \(\S+\) has no such record {2}\(its SOA serial is 1\)$`,
      'm',
    ),
  )
  assert.not.match(lagging.stdout, /^not served.*: ns1\./m)
  const later = mailrun('verify', '--wait', '40')
  await run('verify', `${transferTo('none', 'any')}\n${SECONDARY_ANEW}`)
  const { code, stdout, stderr } = await later
  assert.is(code, 0, stdout + stderr)
})

test('a push that is in part refused, as JSON', async () => {
  const { code, stdout, stderr } = await mailrun('push', '--yes', '--format', 'json', '--wait', '20')
  assert.is(code, 3, stderr)
  const { pushed } = printed(stdout) as {
    readonly pushed: readonly { readonly name: string; readonly status: string }[]
  }
  assert.is(pushed.find(({ name }) => name === 'one.test')?.status, 'failed')
  assert.is(pushed.find(({ name }) => name === 'two.test')?.status, 'done')
  const refused = await mailrun('push', '--format', 'json')
  assert.equal([refused.code, Object.keys(printed(refused.stdout) as object)], [1, ['error']])
})

test('a name server that says nothing is no "all is well"', async () => {
  inventory({ host: 'verify' })
  assert.is((await mailrun('push', '--yes')).code, 0)
  await run('verify', 'systemctl stop ns2')
  const { code, stdout } = await mailrun('verify')
  assert.is(code, 4, stdout)
  assert.match(stdout, /ns2\.one\.test \(\S+\) gives no usable answer/)
})

const record = (name: string, value: string, purpose: MailRecord['purpose']): MailRecord => ({
  name,
  type: 'TXT',
  ttl: 3600,
  value,
  purpose,
  domain: 'one.test',
  publishedBy: 'fleet',
  why: ['of the test'],
})
const push = async ({ records }: DnsPlan, zone: string): Promise<readonly string[]> => {
  const [primary] = await serversOf([servers.primary])
  return (
    await pushFromHere(
      records.flatMap((each) => (each.kind === 'change' ? [writtenChange(each.change, zone)] : [])),
      primary!,
      { kind: 'file', path: join(here.folder, 'mailrun.key') },
    )
  ).map(({ kind }) => kind)
}

/** Changes two.test with the session key, as somebody else. @param flags - of nsupdate(1) */
const updated = (lines: readonly string[], flags = ''): string => `nsupdate ${flags}-k /run/named/session.key <<'E'
server ${servers.primary}
zone two.test.
${lines.join('\n')}
send
E`

test('what somebody else changed since it was read is not overwritten', async () => {
  const created = record('mx9._domainkey.two.test', 'v=DKIM1; p=', 'dkim')
  const [first, second] = [
    await planRecords([created], looking),
    await planRecords([{ ...created, value: 'v=DKIM1; p=AAAA' }], looking),
  ]
  assert.equal(await push(first, 'two.test'), ['done'])
  assert.equal(await push(second, 'two.test'), ['outdated'])
  assert.is(await dig(servers.primary, created.name), '"v=DKIM1; p="\n')

  const apex = await planRecords([record('two.test', 'v=spf1 ip4:192.0.2.1 -all', 'spf')], looking)
  await run('verify', updated(['update add two.test. 60 TXT "site=2"']))
  assert.equal(await push(apex, 'two.test'), ['outdated'])
  assert.is(await dig(servers.primary, 'two.test'), '"site=2"\n')
  assert.equal(
    await push(await planRecords([record('two.test', 'v=spf1 ip4:192.0.2.1 -all', 'spf')], looking), 'two.test'),
    ['done'],
  )
  assert.is(await dig(servers.primary, 'two.test'), '"site=2"\n"v=spf1 ip4:192.0.2.1 -all"\n')
})

test('hostile values of others survive an update beside them, byte by byte', async () => {
  const hostile = '"a\\"b\\\\c;$(x)`y`" "\\000\\255\\010zone x." "%s\'\\;"'
  await run('verify', updated([`update add two.test. 60 TXT ${hostile}`]))
  const before = await dig(servers.primary, 'two.test')
  assert.equal(await push(await planRecords([record('two.test', 'v=spf1 -all', 'spf')], looking), 'two.test'), ['done'])
  assert.is(await dig(servers.primary, 'two.test'), `${before}"v=spf1 -all"\n`)
})

test("a wildcard's answer is no set of the name's own; an alias is not written over", async () => {
  const [wild, alias] = (
    await planRecords(
      [
        record('mx1.wild.one.test', 'v=spf1 mx ip4:192.0.2.1 -all', 'spf-helo'),
        record('old._domainkey.one.test', 'v=DKIM1; p=', 'dkim'),
      ],
      looking,
    )
  ).records
  assert.is(wild!.kind, 'change')
  assert.is(wild!.kind === 'change' ? wild!.change.before : 'none', undefined)
  assert.is(alias!.kind, 'blocked')
})

test('a zone that no server can load is left alone, and the others are planned', async () => {
  inventory({ host: 'verify' })
  await run(
    'verify',
    `systemctl stop ns1 ns2
rm -f /var/cache/bind-ns?/one.test.db*
for n in ns1 ns2; do
  systemd-run --quiet --unit=$n named -f -u bind -c /etc/bind/$n.conf
done
for i in $(seq 50); do
  dig +short +tries=1 +time=1 @${servers.secondary} two.test SOA | grep -q . && exit 0
  sleep 0.2
done
exit 1`,
  )
  const { code, stdout, stderr } = await mailrun('plan')
  assert.is(code, 4, stdout + stderr)
  assert.match(stdout, /x one\.test TXT: left alone: .*SERVFAIL/)
  assert.match(stdout, /\+ two\.test TXT/)
  assert.not.match((await mailrun('plan', '--format', 'zone')).stdout, /ORIGIN one\.test/)
})

test('a long set comes whole, over TCP', async () => {
  const values = Array.from({ length: 20 }, (_, index) => `x${index}=${'y'.repeat(200)}`)
  const lines = values.map((value) => `update add two.test. 60 TXT "${value}"`)
  await run('verify', updated(lines, '-v '))
  const { published } = await planRecords([record('two.test', 'v=spf1 -all', 'spf')], looking)
  assert.equal([...published('two.test')].sort(), [...values].sort())
})

test('servedEverywhere returns as soon as the last server has the record', async () => {
  const wanted = record('soon._domainkey.two.test', 'v=DKIM1; p=', 'dkim')
  const waiting = servedEverywhere([wanted], { ...looking, waitSeconds: 60 })
  assert.equal(await push(await planRecords([wanted], looking), 'two.test'), ['done'])
  assert.equal(await waiting, [])
})

test.run()
