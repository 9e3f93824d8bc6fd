// mailrun dns push into a real Knot DNS of the inventory, by knotc on its host. Has a lab of its own.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { connector } from '../../src/ssh/connector.ts'
import { authoritative } from '../../src/dns/lookup/authoritative.ts'
import { planRecords } from '../../src/dns/plan/plan-dns.ts'
import { pushByKnotc } from '../../src/dns/backends/knot/push-by-knotc.ts'
import { writtenChange } from '../../src/dns/backends/written-change.ts'
import type { MailRecord } from '../../src/mail/records/dns-record.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import { suite } from '../suite.ts'
import { project, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('knot')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mailrun dns with Knot')

/** As a zone file has them, with their borders, and as Knot prints them. */
const HOSTILE = `"a\\"b\\\\c;$(x)\`y\`" "\\000\\255\\010zone x." "%s' -e \\195\\169"`

let here: Project
let server = ''

/** Has Knot read a configuration. @param one - how it serves one.test */
const configured = (one: string): string => `cat >/etc/knot/knot.conf <<'E'
server:
  listen: 0.0.0.0@53
remote:
  - id: primary
    address: 192.0.2.1
zone:
${one}  - domain: two.test
    storage: /var/lib/knot
E
`
const ONE = '  - domain: one.test\n    storage: /var/lib/knot\n'
const zoneFile = (name: string, records: string): string => `cat >/var/lib/knot/${name}.zone <<'E'
$TTL 3600
@ SOA ns1 hostmaster 1 3600 900 604800 300
@ NS ns1
ns1 A ${server}
${records}E
`

/** A string of every byte. */
const EVERY_BYTE = [0, 128]
  .map(
    (from) => `"${Array.from({ length: 128 }, (_, index) => `\\${String(from + index).padStart(3, '0')}`).join('')}"`,
  )
  .join(' ')
const ONE_RECORDS = `@ TXT "site=1"
bytes TXT ${EVERY_BYTE}
@ TXT ${HOSTILE}
@ TXT "v=spf1 include:_spf.other.test " "-all"
old._domainkey CNAME slot
*.wild TXT "v=spf1 mx -all"
`
/** Of every byte; Knot writes them in its own way: `\\.` and `\\;`, others as `\\DDD`. */
const ODD_NAMES = [0, 32, 64, 96, 128, 160, 192, 224].map((from) =>
  Array.from({ length: 32 }, (_, index) => `\\${String(from + index).padStart(3, '0')}`).join(''),
)
const ODD_RECORDS = ODD_NAMES.map((name, index) => `@ MX ${index} ${name}.a\\.b\\\\.c\n`).join('')
const TWO_RECORDS = `@ MX 10 MX.Two.Test.
${ODD_RECORDS}_dmarc 60 TXT "v=DMARC1; p=none; rua=mailto:dmarc@one.test"
`
/** Has Knot start with these zones alone, and waits until it has loaded both. */
const startedAnew = (): string => `systemctl stop knot
rm -rf /var/lib/knot/*
${configured(ONE)}${zoneFile('one.test', ONE_RECORDS)}${zoneFile('two.test', TWO_RECORDS)}
chown -R knot:knot /var/lib/knot
systemctl reset-failed knot
systemctl start knot
for i in $(seq 50); do
  knotc zone-status +serial 2>&1 | grep -c 'serial: 1' | grep -q 2 && exit 0
  sleep 0.1
done
journalctl -u knot --no-pager | tail >&2
exit 1`

test.before(async () => {
  here = project({})
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  server = await lab.address('mx1')
  await inHost(
    'mx1',
    `apt-get install -y knot openssl >/dev/null
install -d /etc/dkimkeys/one.test
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
-out /etc/dkimkeys/one.test/mx1.private 2>/dev/null`,
  )
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})
test.before.each(async () => {
  await inHost('mx1', startedAnew())
  // JSON is YAML.
  writeFileSync(
    join(here.folder, 'dns.yaml'),
    JSON.stringify({
      all: { vars: { dns: { servers: [server], host: 'mx1', via: 'knotc' } } },
      mail: {
        hosts: { mx1: { outgoing_addresses: ['192.0.2.1'], fqdn: 'mx1.one.test' } },
        vars: { domains: ['one.test'], null_domains: ['two.test'], dmarc: { p: 'none', rua: 'dmarc@one.test' } },
      },
    }),
  )
})

const mailrun = (...words: readonly string[]): Promise<Ended> =>
  here.mailrun('dns', ...words, '-i', lab.inventoryPath, '-i', 'dns.yaml')
const records = async (zone: string, name: string, type: string): Promise<readonly string[]> =>
  (await inHost('mx1', `knotc zone-read ${zone}. ${name}. ${type} | sed 's/^[^ ]* [^ ]* //' | LC_ALL=C sort`)).split(
    '\n',
  )
const transaction = (): Promise<string> => inHost('mx1', 'knotc zone-status one.test. +transaction')

const PUSHED_TWICE =
  'what is wanted is there after a push, what is of others stays byte by byte, and a second push has nothing to do'
test(PUSHED_TWICE, async () => {
  const pushed = await mailrun('push', '--yes')
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr)
  assert.equal(
    await records('one.test', 'one.test', 'TXT'),
    [`3600 TXT ${HOSTILE}`, '3600 TXT "site=1"', '3600 TXT "v=spf1 ip4:192.0.2.1 include:_spf.other.test -all"'].sort(),
  )
  assert.match((await records('one.test', 'mx1._domainkey.one.test', 'TXT')).join(), /^3600 TXT "v=DKIM1; .*" ".*"$/)
  // A set that is ours and has another TTL and value; a null MX in place of another.
  assert.equal(await records('two.test', '_dmarc.two.test', 'TXT'), ['3600 TXT "v=DMARC1; p=reject"'])
  assert.equal(await records('two.test', 'two.test', 'MX'), ['3600 MX 0 .'])
  const serial = await inHost('mx1', 'knotc zone-status one.test. +serial')
  const again = await mailrun('push', '--yes')
  assert.is(again.code, 0, again.stdout + again.stderr)
  assert.is(await inHost('mx1', 'knotc zone-status one.test. +serial'), serial)
  assert.not.match(await transaction(), 'open')
})

test('an MX record of odd bytes is there when it is the same name, however Knot writes it', async () => {
  assert.match((await records('two.test', 'two.test', 'MX')).join('\n'), '\\;', 'Knot writes names in its own way')
  const pushed = await mailrun('push', '--yes')
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr)
  assert.equal(await records('two.test', 'two.test', 'MX'), ['3600 MX 0 .'])
})

const record = (name: string, value: string, ttl: number): MailRecord => ({
  name,
  type: 'TXT',
  ttl,
  value,
  purpose: 'spf',
  domain: 'one.test',
  publishedBy: 'fleet',
  why: ['of the test'],
})
/** What came of a change that was planned before `meanwhile`. */
async function outcomeOf(wanted: MailRecord, meanwhile: string): Promise<string> {
  const { records: planned } = await planRecords([wanted], authoritative({ servers: [server] }))
  const changes = planned.flatMap((each) => (each.kind === 'change' ? [writtenChange(each.change, 'one.test')] : []))
  assert.is(changes.length, 1, JSON.stringify(planned))
  await inHost('mx1', meanwhile)
  const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
  const { connect, close } = await connector(hosts, {})
  const { signal } = new AbortController()
  const connection = await connect(hosts[0]!, signal)
  try {
    const [outcome] = await pushByKnotc(changes, 'one.test', connection, signal)
    return outcome!.kind === 'done' ? 'done' : `${outcome!.kind}: ${outcome!.why}`
  } finally {
    connection.close()
    close()
  }
}
const by = (line: string): string => `knotc zone-begin one.test.\nknotc ${line}\nknotc zone-commit one.test.`

test('what somebody else changed since it was read is not touched, and no transaction stays open', async () => {
  const apex = record('one.test', 'v=spf1 ip4:192.0.2.1 include:_spf.other.test -all', 3600)
  for (const meanwhile of [
    `zone-set one.test. one.test. 3600 TXT '"site=2"'`,
    `zone-unset one.test. one.test. TXT '"site=1"'`,
    `zone-set one.test. one.test. 60 TXT '"site=2"'`,
    'zone-unset one.test. one.test. TXT',
  ]) {
    assert.match(
      await outcomeOf(apex, `${by(meanwhile)}\nknotc zone-read one.test. >/tmp/before`),
      /^outdated: .*plan again/,
      meanwhile,
    )
    await inHost('mx1', 'knotc zone-read one.test. | cmp - /tmp/before')
  }
  const fresh = record('new.one.test', 'v=spf1 -all', 60)
  for (const meanwhile of [
    'zone-set one.test. new.one.test. 60 CNAME slot.one.test.',
    `zone-set one.test. new.one.test. 60 TXT '"x"'`,
  ]) {
    assert.match(await outcomeOf(fresh, by(meanwhile)), /^outdated/, meanwhile)
    await inHost('mx1', by('zone-unset one.test. new.one.test.'))
  }
  assert.not.match(await transaction(), 'open')
  // Another type beside it is no matter of ours.
  assert.is(await outcomeOf(fresh, by('zone-set one.test. new.one.test. 60 A 192.0.2.9')), 'done')
  assert.equal(await records('one.test', 'new.one.test', 'TXT'), ['60 TXT "v=spf1 -all"'])
})

test('a set of every byte is there as it was read', async () => {
  assert.is(await outcomeOf(record('bytes.one.test', 'v=spf1 -all', 3600), ':'), 'done')
  assert.is((await records('one.test', 'bytes.one.test', 'TXT')).length, 2)
})

test("a wildcard's answer is no set of the name's own", async () => {
  assert.is(await outcomeOf(record('mx1.wild.one.test', 'v=spf1 ip4:192.0.2.1 mx -all', 3600), ':'), 'done')
  assert.equal(await records('one.test', '*.wild.one.test', 'TXT'), ['3600 TXT "v=spf1 mx -all"'])
})

test("another's open transaction is waited for; one that stays open is reported, and left alone", async () => {
  assert.is(
    await outcomeOf(
      record('new.one.test', 'v=spf1 -all', 60),
      `knotc zone-begin one.test.
systemd-run --quiet --on-active=3 --timer-property=AccuracySec=100ms knotc zone-abort one.test.`,
    ),
    'done',
  )
  assert.match(
    await outcomeOf(
      record('other.one.test', 'v=spf1 -all', 60),
      `knotc zone-begin one.test.; knotc zone-set one.test. theirs.one.test. 60 TXT '"theirs"'`,
    ),
    /^failed: somebody has a transaction open on one\.test/,
  )
  assert.match(await inHost('mx1', 'knotc zone-diff one.test.'), '+theirs.one.test. 60 TXT "theirs"')
})

test('a zone that is not there, a secondary, a Knot that is down: each is reported as what it is', async () => {
  const fresh = record('new.one.test', 'v=spf1 -all', 60)
  const reload = 'knotc reload; sleep 1'
  assert.match(await outcomeOf(fresh, `${configured('')}${reload}`), /^failed: Knot does not serve one\.test there/)
  await inHost('mx1', `${configured(ONE)}${reload}`)
  assert.match(
    await outcomeOf(fresh, `${configured(`${ONE}    master: primary\n`)}${reload}`),
    /^failed: Knot has one\.test from another server there/,
  )
  await inHost('mx1', `${configured(ONE)}${reload}`)
  assert.match(await outcomeOf(fresh, 'systemctl stop knot'), /^failed: .*systemctl status knot/)
})

test.run()
