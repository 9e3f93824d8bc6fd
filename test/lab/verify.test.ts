// `mailrun verify` on real hosts and real name servers: what is well passes, and each thing that is broken is reported
// as what it is. Has a lab of its own.
import { execFile } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { askServer } from '../../src/dns/lookup/ask-server.ts'
import { authority } from '../../src/dns/lookup/authority.ts'
import { signingVerdicts, type HostProof, type Verdict } from '../../src/mail/proof/proof.ts'
import type { ProofDocument } from '../../src/report/proof/json.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { proveSignatures } from '../../src/verify/signature.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('verify2')
const lab = await import('../../lab/index.ts')
const test = suite('lab: verify')
const HOSTS = ['mx1', 'mx2']
const valid = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/verify.schema.json'), 'utf8')) as object,
)

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })

let over = ''
let primary = ''
let secondary = ''
/** Name → TXT values of the zone test, as all is well. */
let well: Readonly<Record<string, readonly string[]>> = {}
let hosts: readonly string[] = []
let serial = 1

interface Zone {
  /** Further lines of the zone test. */
  readonly lines?: string
  readonly txt?: Readonly<Record<string, readonly string[]>>
  readonly ptr?: boolean
  readonly a?: boolean
}
type Server = 'primary' | 'secondary'

/** The whole zones test and reverse: what is well, but for what is given. */
async function zoneFiles({
  lines = '',
  txt = {},
  ptr = true,
  a = true,
}: Zone): Promise<{ readonly test: string; readonly reverse: string }> {
  const head = (zone: string): string =>
    `$TTL 60\n@ IN SOA ns.test. root.test. ${serial} 3600 600 86400 60\n@ IN NS ns.test.\n${zone}`
  const records = Object.entries({ ...well, ...txt }).flatMap(([name, values]) =>
    values.map(
      (value) =>
        `${name}. IN TXT ${value
          .match(/.{1,200}/g)!
          .map((part) => JSON.stringify(part))
          .join(' ')}\n`,
    ),
  )
  const addresses = a ? hosts.map((address, index) => `mx${index + 1}.fleet IN A ${address}\n`) : []
  const pointers = ptr
    ? hosts.map((address, index) => `${address.split('.')[3]} IN PTR mx${index + 1}.fleet.test.\n`)
    : []
  const nameServer = `ns IN A ${await lab.address('verify')}\n`
  return {
    test: head(`${nameServer}${addresses.join('')}${records.join('')}${lines}`),
    reverse: head(pointers.join('')),
  }
}

/** Has the server load the zones of its folder; the secondary is started where it does not run. */
function loadScript(server: Server, folder: string): string {
  const [own = ''] = hosts
  const reverse = `${own.split('.').slice(0, 3).reverse().join('.')}.in-addr.arpa`
  return `
zones='
zone "test" { type master; file "${folder}/test"; };
zone "${reverse}" { type master; file "${folder}/reverse"; };'
if [ ${server} = primary ]; then
  echo "$zones" > /etc/bind/named.conf.local
  rndc reconfig
  rndc reload
else
  echo "options {
  directory \\"${folder}\\";
  listen-on port 5353 { any; };
  listen-on-v6 { none; };
  pid-file \\"${folder}/pid\\";
  session-keyfile none;
  recursion no;
};
controls { };
$zones" > conf
  if [ -s pid ] && kill -HUP "$(cat pid)"; then
    :
  else
    named -4 -c ${folder}/conf
  fi
fi`
}

async function untilServed(server: Server, folder: string): Promise<void> {
  const resolver = new Resolver({ timeout: 500, tries: 2 })
  resolver.setServers([server === 'primary' ? primary : secondary])
  for (let tries = 0; ; tries += 1) {
    const reported = await resolver.resolveSoa('test').catch(() => undefined)
    if (reported?.serial === serial) return
    // BIND drops a reload while it still loads the zone for the one before.
    if (tries % 20 === 19)
      await inHost('verify', server === 'primary' ? 'rndc reload' : `kill -HUP "$(cat ${folder}/pid)"`)
    assert.ok(tries < 100, `${server} does not serve the zone: ${JSON.stringify(reported)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Writes the zones of a server: what is well, but for what is given. */
async function serve(server: Server, zone: Zone): Promise<void> {
  serial += 1
  const folder = server === 'primary' ? '/var/lib/bind/first' : '/var/lib/bind/second'
  const files = await zoneFiles(zone)
  await inHost(
    'verify',
    `
mkdir -p ${folder}
cd ${folder}
cat > test <<'E'
${files.test}
E
cat > reverse <<'E'
${files.reverse}
E
${loadScript(server, folder)}`,
  )
  await untilServed(server, folder)
}
const serveBoth = (zone: Zone): Promise<unknown> => Promise.all([serve('primary', zone), serve('secondary', zone)])

interface Verified {
  readonly code: number
  readonly document: ProofDocument
}
async function verify(...words: readonly string[]): Promise<Verified> {
  const { code, stdout, stderr } = await mailrun(
    'verify',
    '-i',
    lab.inventoryPath,
    '-i',
    over,
    '--format',
    'json',
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  const document = JSON.parse(stdout) as ProofDocument
  assert.ok(valid(document), JSON.stringify(valid.errors))
  return { code, document }
}
const hostOf = ({ document }: Verified, name: string): HostProof => document.hosts.find((each) => each.name === name)!
/** `signing fleet.test local` → id, of what is no pass. */
function faults({ signing, spf, dmarc, reverse }: HostProof): Readonly<Record<string, string>> {
  const all: readonly (readonly [string, Verdict])[] = [
    ...signing.flatMap((proof) =>
      signingVerdicts(proof).map((each) => [`${proof.domain} ${proof.role}`, each] as const),
    ),
    ...spf.map(({ domain, identity, verdict }) => [`${identity} ${domain}`, verdict] as const),
    ...dmarc.map(({ domain, verdict }) => [`dmarc ${domain}`, verdict] as const),
    ...reverse.map(({ address, verdict }) => [address, verdict] as const),
  ]
  return Object.fromEntries(
    all.filter(([, { status }]) => status === 'fail' || status === 'unknown').map(([about, { id }]) => [about, id]),
  )
}

test.before(async () => {
  await lab.labUp({ size: 2, tools: true, internet: false, wire: undefined })
  hosts = await Promise.all(HOSTS.map((host) => lab.address(host)))
  const server = await lab.address('verify')
  ;[primary, secondary] = [server, `${server}:5353`]
  over = join(mkdtempSync(join(tmpdir(), 'mailrun-verify-')), 'over.yaml')
  // The lab has no way out to the world, so that hosts cannot tell their addresses.
  const outgoing = HOSTS.map((host, index) => `    ${host}: { outgoing_addresses: [${hosts[index]}] }\n`)
  writeFileSync(
    over,
    `all:\n  vars:\n    dns: { servers: [${primary}, "${secondary}"] }\nmail:\n  hosts:\n${outgoing.join('')}`,
  )
  const run = await mailrun('playbooks/dkim.ts', '-i', lab.inventoryPath, '--format', 'json')
  assert.is(run.code, 0, run.stdout + run.stderr)
  const keys = (JSON.parse(run.stdout) as RunDocument).hosts.flatMap(
    ({ outputs }) => outputs['dns'] as readonly { name: string; value: string }[],
  )
  well = {
    ...Object.fromEntries(keys.map(({ name, value }) => [name, [value]])),
    ...Object.fromEntries(HOSTS.map((host, index) => [`${host}.fleet.test`, [`v=spf1 ip4:${hosts[index]} -all`]])),
    ...Object.fromEntries(
      ['fleet.test', 'example.test'].flatMap((domain) => [
        [domain, [`v=spf1 ${hosts.map((address) => `ip4:${address}`).join(' ')} -all`]],
        [`_dmarc.${domain}`, ['v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@fleet.test']],
      ]),
    ),
  }
  await serveBoth({})
})
test.after(() => lab.labDown())

function eachProofPasses(host: string, { status, signing, spf, dmarc, reverse, helo }: HostProof): void {
  assert.is(status, 'pass')
  assert.is(helo, `${host}.fleet.test`)
  const name = `${host}.fleet.test`
  const signed = (domain: string, role: string, by: string): readonly unknown[] => [
    domain,
    role,
    'signed',
    [[by, host, 'rsa-sha256', 2048, 2]],
  ]
  assert.equal(
    signing.map(({ domain, role, verdict, signatures }) => [
      domain,
      role,
      verdict.id,
      signatures.map((each) => [each.domain, each.selector, each.algorithm, each.bits, each.servers.length]),
    ]),
    [
      signed('fleet.test', 'local', 'fleet.test'),
      signed('example.test', 'local', 'example.test'),
      signed(name, 'local', 'fleet.test'),
      signed('fleet.test', 'submission', 'fleet.test'),
      signed('example.test', 'submission', 'example.test'),
      ['fleet.test', 'outsider', 'outsider-unsigned', []],
      ['example.test', 'outsider', 'outsider-unsigned', []],
      signed(name, 'bounce', 'fleet.test'),
    ],
  )
  assert.equal(
    spf.map(({ domain, identity, result }) => [domain, identity, result]),
    [
      ['fleet.test', 'mailfrom', 'pass'],
      ['example.test', 'mailfrom', 'pass'],
      [name, 'mailfrom', 'pass'],
      [name, 'helo', 'pass'],
    ],
  )
  assert.equal(
    dmarc.map(({ verdict, policy, at, aligned }) => [verdict.id, policy, at, aligned]),
    [
      ...['fleet.test', 'example.test'].map((domain) => [
        'dmarc-pass',
        'reject',
        domain,
        { dkim: [domain], spf: [domain] },
      ]),
      // The policy is strict: the signature for fleet.test does not count for a name below it.
      ['dmarc-pass', 'reject', 'fleet.test', { dkim: [], spf: [name] }],
    ],
  )
  assert.equal(
    reverse.map(({ names, verdict }) => [names, verdict.id]),
    [[[`${host}.fleet.test`], 'fcrdns']],
  )
}

test('where all is well each proof passes in one trip, and nothing remains on the host', async () => {
  const before = await lab.treeList('mx1', { exclude: [] })
  const verified = await verify()
  assert.is(verified.code, 0, JSON.stringify(verified.document, null, 1))
  assert.equal(lab.treeDifference(before, await lab.treeList('mx1', { exclude: [] })), [])
  assert.match(await inHost('mx1', 'mailq'), 'Mail queue is empty')
  for (const host of HOSTS) eachProofPasses(host, hostOf(verified, host))
})

test('dkimpy and Mail::DKIM verify the same messages, and no other body', async () => {
  const { document } = await verify('--limit', 'mx1')
  const messages = document.hosts
    .flatMap(({ signing }) => signing)
    .flatMap(({ message }) => (message === undefined ? [] : [message]))
  assert.is(messages.length, 6)
  for (const message of messages) {
    const base64 = Buffer.from(message).toString('base64')
    const records = Buffer.from(
      JSON.stringify(Object.fromEntries(Object.entries(well).map(([name, [value]]) => [name, value]))),
    ).toString('base64')
    assert.is(
      await inHost(
        'verify',
        `python3 - <<'PY'
import base64, dkim, json
records = json.loads(base64.b64decode("${records}"))
mail = base64.b64decode("${base64}")
look = lambda name, timeout=5: records[name.decode().rstrip(".")].encode()
print(dkim.verify(mail, dnsfunc=look), dkim.verify(mail.replace(b"milter", b"filter"), dnsfunc=look))
PY`,
      ),
      'True False',
      message,
    )
    assert.is(
      await inHost(
        'verify',
        `perl - <<'PL'
use Mail::DKIM::Verifier;
use Net::DNS;
use MIME::Base64;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], recurse => 0));
for my $from ('milter', 'filter') {
  my $mail = decode_base64('${base64}');
  $mail =~ s/milter/$from/;
  my $dkim = Mail::DKIM::Verifier->new;
  $dkim->PRINT($mail);
  $dkim->CLOSE;
  print $dkim->result, ' '
}
PL`,
      ),
      'pass fail',
      message,
    )
  }
})

test('a message whose body was changed on its way is reported as that', async () => {
  const { document } = await verify('--limit', 'mx1')
  const { domain, message = '' } = document.hosts[0]!.signing[0]!
  const dns = authority({ servers: [primary, secondary] }, askServer)
  assert.equal(
    (await proveSignatures(domain, message, dns)).flatMap(({ servers }) => servers.map(({ id }) => id)),
    ['verified', 'verified'],
  )
  assert.equal(
    (await proveSignatures(domain, message.replace('milter', 'filter'), dns)).flatMap(({ servers }) =>
      servers.map(({ id }) => id),
    ),
    ['body-changed', 'body-changed'],
  )
  assert.equal(
    (await proveSignatures(domain, message.replace('Subject: ', 'Subject: x'), dns)).flatMap(({ servers }) =>
      servers.map(({ id }) => id),
    ),
    ['key-differs', 'key-differs'],
  )
})

const KEY = 'mx1._domainkey.fleet.test'

test('a key behind a CNAME is found', async () => {
  await serveBoth({ lines: `${KEY}. IN CNAME slot.keys.test.\n`, txt: { [KEY]: [], 'slot.keys.test': well[KEY]! } })
  const verified = await verify('--limit', 'mx1')
  assert.equal(faults(hostOf(verified, 'mx1')), {})
  await serveBoth({})
})
/** Mail of mx1 itself, signed by the key of fleet.test, by the milters for programs. */
const own = (id: string): Readonly<Record<string, string>> => ({
  'mx1.fleet.test local': id,
  'mx1.fleet.test bounce': id,
})
const signing = (id: string): Readonly<Record<string, string>> => ({
  'fleet.test local': id,
  'fleet.test submission': id,
  ...own(id),
})
const local = (id: string): Readonly<Record<string, string>> => ({
  'fleet.test local': id,
  'example.test local': id,
  ...own(id),
})
const otherKey = (): string => well['mx2._domainkey.fleet.test']![0]!
const revoked = 'v=DKIM1; p='

/** What DNS says instead, and what mx1 must report then; SPF alone keeps DMARC passing where only the key is wrong. */
const IN_DNS: readonly {
  readonly what: string
  readonly zone: () => Zone
  readonly on?: 'secondary'
  readonly faults: () => Readonly<Record<string, string>>
}[] = [
  { what: 'another key', zone: () => ({ txt: { [KEY]: [otherKey()] } }), faults: () => signing('key-differs') },
  { what: 'a revoked key', zone: () => ({ txt: { [KEY]: [revoked] } }), faults: () => signing('key-revoked') },
  { what: 'no record', zone: () => ({ txt: { [KEY]: [] } }), faults: () => signing('no-key') },
  {
    what: 'two records',
    zone: () => ({ txt: { [KEY]: [...well[KEY]!, otherKey()] } }),
    faults: () => signing('many-keys'),
  },
  {
    what: 'a record that is none',
    zone: () => ({ txt: { [KEY]: ['v=DKIM1; k=rsa; p=MII*'] } }),
    faults: () => signing('bad-record'),
  },
  {
    what: 'a stale secondary with no record',
    on: 'secondary',
    zone: () => ({ txt: { [KEY]: [] } }),
    faults: () => signing('servers-differ'),
  },
  {
    what: 'a stale secondary with another SPF record',
    on: 'secondary',
    zone: () => ({ txt: { 'example.test': ['v=spf1 -all'] } }),
    faults: () => ({ 'mailfrom example.test': 'servers-differ' }),
  },
  {
    what: 'a stale secondary with another DMARC record',
    on: 'secondary',
    zone: () => ({ txt: { '_dmarc.example.test': ['v=DMARC1; p=none; rua=mailto:a@fleet.test'] } }),
    faults: () => ({ 'dmarc example.test': 'servers-differ' }),
  },
  {
    what: 'an SPF record without the host',
    zone: () => ({ txt: { 'fleet.test': [`v=spf1 ip4:${hosts[1]} ~all`] } }),
    faults: () => ({ 'mailfrom fleet.test': 'spf-softfail' }),
  },
  {
    what: 'an SPF record that refuses all',
    zone: () => ({ txt: { 'fleet.test': ['v=spf1 -all'] } }),
    faults: () => ({ 'mailfrom fleet.test': 'spf-fail' }),
  },
  {
    what: 'two SPF records',
    zone: () => ({ txt: { 'fleet.test': [...well['fleet.test']!, 'v=spf1 -all'] } }),
    faults: () => ({ 'mailfrom fleet.test': 'spf-permerror' }),
  },
  {
    what: 'no SPF record',
    zone: () => ({ txt: { 'fleet.test': [] } }),
    faults: () => ({ 'mailfrom fleet.test': 'spf-none' }),
  },
  {
    what: 'no DMARC record',
    zone: () => ({ txt: { '_dmarc.example.test': [] } }),
    faults: () => ({ 'dmarc example.test': 'dmarc-none' }),
  },
  {
    what: 'neither a key nor SPF',
    zone: () => ({ txt: { [KEY]: [], 'fleet.test': ['v=spf1 -all'] } }),
    faults: () => ({ ...signing('no-key'), 'mailfrom fleet.test': 'spf-fail', 'dmarc fleet.test': 'dmarc-fail' }),
  },
  { what: 'no PTR record', zone: () => ({ ptr: false }), faults: () => ({ [hosts[0]!]: 'no-ptr' }) },
  {
    what: 'a PTR record whose name has no address',
    zone: () => ({ a: false }),
    faults: () => ({ [hosts[0]!]: 'ptr-not-confirmed' }),
  },
]
for (const { what, zone, on, faults: wanted } of IN_DNS) {
  test(`in DNS: ${what}`, async () => {
    if (on === undefined) await serveBoth(zone())
    else await serve(on, zone())
    const verified = await verify('--limit', 'mx1')
    assert.equal(faults(hostOf(verified, 'mx1')), wanted())
    assert.is(verified.code, 3)
    await serveBoth({})
  })
}

const everywhere = (id: string): Readonly<Record<string, string>> => ({
  ...local(id),
  ...Object.fromEntries(
    ['fleet.test', 'example.test'].flatMap((domain) => [
      [`${domain} submission`, id],
      [`${domain} outsider`, id],
    ]),
  ),
})
const restart = `
systemctl restart opendkim
for i in 1 2 3 4 5 6 7 8 9 10; do
  [ -S /var/spool/postfix/opendkim/opendkim.sock ] && break
  sleep 0.2
done`
/** A milter that signs nothing and writes its own body. */
const CHANGER = `use IO::Socket::INET;
$0 = 'changer';
my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8999, Listen => 5, ReuseAddr => 1) or die;
sub say_packet {
  my ($s, $c, $d) = @_;
  syswrite $s, pack('N', 1 + length $d) . $c . $d
}
while (my $s = $l->accept) {
  while (sysread($s, my $n, 4) == 4) {
    my ($want, $p) = (unpack('N', $n), '');
    while (length $p < $want) { sysread $s, $p, $want - length $p, length $p or last }
    my $c = substr $p, 0, 1;
    if ($c eq 'O') { say_packet($s, 'O', pack 'NNN', 6, 0x1f, 0x37f) }
    elsif ($c eq 'E') { say_packet($s, 'b', "other\\r\\n"); say_packet($s, 'c', '') }
    elsif ($c eq 'Q') { last }
    elsif ($c ne 'D' && $c ne 'A') { say_packet($s, 'c', '') }
  }
  close $s
}`
const ADD_CHANGER = `
cat > /root/changer.pl <<'PL'
${CHANGER}
PL
systemd-run -q --unit=changer perl /root/changer.pl
postconf -e 'smtpd_milters=unix:opendkim/opendkim.sock, inet:127.0.0.1:8999'
sleep 1`
/** On one line, as an argument of systemd-run. */
const NONSENSE =
  'my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8998, Listen => 5, ReuseAddr => 1); ' +
  'while (my $s = $l->accept) { print $s "220 ready\\r\\n"; close $s }'
const ADD_NONSENSE = `
systemd-run -q --unit=nonsense perl -MIO::Socket::INET -e '${NONSENSE}'
postconf -e non_smtpd_milters=inet:localhost:8998
sleep 1`

const KEEP_SIGNING_TABLE = 'cp /etc/dkimkeys/SigningTable /root/'
const SIGN_FOR_ANOTHER = `${KEEP_SIGNING_TABLE}
sed -i 's/^\\*@example.test .*/*@example.test mx1._domainkey.fleet.test/' /etc/dkimkeys/SigningTable
${restart}`
const RESTORE_SIGNING_TABLE = `cp /root/SigningTable /etc/dkimkeys/
${restart}`

/** Mends what was broken, also where the work fails. */
async function thenMend<T>(work: Promise<T>, mend: () => Promise<unknown>): Promise<T> {
  try {
    return await work
  } finally {
    await mend()
  }
}

/** What is broken on mx1, and how it is corrected. */
const ON_HOST: readonly {
  readonly what: string
  readonly break: string
  readonly mend: string
  readonly faults: Readonly<Record<string, string>>
  readonly says?: RegExp
}[] = [
  {
    what: 'OpenDKIM is down',
    break: 'systemctl stop opendkim',
    mend: restart,
    faults: everywhere('milter-unreached'),
    says: /No such file|Connection refused/,
  },
  {
    what: 'a socket that Postfix may not use',
    break: 'chmod 0700 /var/spool/postfix/opendkim/opendkim.sock',
    mend: restart,
    faults: everywhere('milter-unreached'),
    says: /Permission denied/,
  },
  {
    what: 'a directory that Postfix may not enter',
    break: 'chgrp opendkim /var/spool/postfix/opendkim; chmod 2750 /var/spool/postfix/opendkim',
    mend: 'chgrp postfix /var/spool/postfix/opendkim; chmod 2750 /var/spool/postfix/opendkim',
    faults: everywhere('milter-unreached'),
    says: /Permission denied/,
  },
  {
    what: 'a socket outside of the chroot',
    break: 'postconf -e smtpd_milters=unix:/var/spool/postfix/opendkim/opendkim.sock',
    mend: 'postconf -e smtpd_milters=unix:opendkim/opendkim.sock',
    faults: {
      'fleet.test submission': 'milter-unreached',
      'example.test submission': 'milter-unreached',
      'fleet.test outsider': 'milter-unreached',
      'example.test outsider': 'milter-unreached',
    },
    says: /\/var\/spool\/postfix\/\/var\/spool\/postfix\/opendkim\/opendkim\.sock: No such file/,
  },
  {
    what: 'a key that OpenDKIM cannot read',
    break: 'chown root:root /etc/dkimkeys/fleet.test/mx1.private; chmod 0600 /etc/dkimkeys/fleet.test/mx1.private',
    mend: 'chown opendkim:opendkim /etc/dkimkeys/fleet.test/mx1.private',
    faults: signing('milter-tempfail'),
    says: /451|puts the mail off/,
  },
  {
    what: 'a key that is gone',
    break: 'mv /etc/dkimkeys/fleet.test/mx1.private /etc/dkimkeys/fleet.test/gone',
    mend: 'mv /etc/dkimkeys/fleet.test/gone /etc/dkimkeys/fleet.test/mx1.private',
    faults: signing('milter-tempfail'),
  },
  {
    what: 'InternalHosts that takes in the world',
    break: `echo 0.0.0.0/0 >> /etc/dkimkeys/TrustedHosts; ${restart}`,
    mend: `sed -i '$d' /etc/dkimkeys/TrustedHosts; ${restart}`,
    faults: { 'fleet.test outsider': 'outsider-signed', 'example.test outsider': 'outsider-signed' },
    says: /InternalHosts/,
  },
  {
    what: 'InternalHosts without the host itself',
    break: `cp /etc/dkimkeys/TrustedHosts /root/; echo 198.51.100.1 > /etc/dkimkeys/TrustedHosts; ${restart}`,
    mend: `cp /root/TrustedHosts /etc/dkimkeys/; ${restart}`,
    faults: local('unsigned'),
  },
  {
    what: 'a domain that no table names',
    break: `${KEEP_SIGNING_TABLE}; sed -i /fleet.test/d /etc/dkimkeys/SigningTable; ${restart}`,
    mend: RESTORE_SIGNING_TABLE,
    faults: signing('unsigned'),
  },
  {
    what: 'no milter for programs',
    break: 'postconf -e non_smtpd_milters=',
    mend: 'postconf -e non_smtpd_milters=unix:opendkim/opendkim.sock',
    faults: local('no-milter'),
  },
  {
    what: "the host's own name in no table",
    break: `${KEEP_SIGNING_TABLE}; sed -i '/@mx1/d' /etc/dkimkeys/SigningTable; ${restart}`,
    mend: RESTORE_SIGNING_TABLE,
    faults: own('unsigned'),
    says: /sign_host_name: false/,
  },
  {
    what: 'bounces that pass no milter',
    break: 'postconf -e internal_mail_filter_classes=',
    mend: 'postconf -e internal_mail_filter_classes=bounce',
    faults: { 'mx1.fleet.test bounce': 'no-milter' },
    says: /internal_mail_filter_classes does not name bounce/,
  },
  {
    what: 'signatures that leave out the field of one-click unsubscription',
    break: `cp -p /etc/opendkim.conf /root/; sed -i /^SignHeaders/d /etc/opendkim.conf; ${restart}`,
    mend: `cp -p /root/opendkim.conf /etc/; ${restart}`,
    faults: {
      'fleet.test local': 'one-click-unsigned',
      'example.test local': 'one-click-unsigned',
      'fleet.test submission': 'one-click-unsigned',
      'example.test submission': 'one-click-unsigned',
    },
    says: /no signature covers List-Unsubscribe-Post:/,
  },
  {
    what: 'a domain that is signed in the name of another',
    break: SIGN_FOR_ANOTHER,
    mend: RESTORE_SIGNING_TABLE,
    faults: {},
    says: /d=fleet\.test/,
  },
  {
    what: 'a milter behind the one that signs changes the body',
    break: ADD_CHANGER,
    mend: 'systemctl stop changer; postconf -e smtpd_milters=unix:opendkim/opendkim.sock',
    faults: { 'fleet.test submission': 'message-changed', 'example.test submission': 'message-changed' },
    says: /inet:127\.0\.0\.1:8999 changes the body/,
  },
  {
    what: 'what listens there is no milter',
    break: ADD_NONSENSE,
    mend: 'systemctl stop nonsense; postconf -e non_smtpd_milters=unix:opendkim/opendkim.sock',
    faults: local('milter-unreached'),
    says: /nonsense|hung up/,
  },
]
for (const each of ON_HOST) {
  test(`on the host: ${each.what}`, async () => {
    await inHost('mx1', each.break)
    const verified = await thenMend(verify('--limit', 'mx1'), () => inHost('mx1', each.mend))
    const found = faults(hostOf(verified, 'mx1'))
    assert.equal(found, each.faults)
    assert.is(verified.code, Object.keys(each.faults).length === 0 ? 0 : 3)
    if (each.says) assert.match(JSON.stringify(hostOf(verified, 'mx1').signing), each.says)
  })
}

test('mail that is signed in the name of another, and by SPF of none, fails DMARC for it is not aligned', async () => {
  await serveBoth({ txt: { 'example.test': ['v=spf1 -all'] } })
  await inHost('mx1', SIGN_FOR_ANOTHER)
  const verified = await thenMend(verify('--limit', 'mx1'), () => inHost('mx1', RESTORE_SIGNING_TABLE))
  assert.equal(faults(hostOf(verified, 'mx1')), {
    'mailfrom example.test': 'spf-fail',
    'dmarc example.test': 'dmarc-unaligned',
  })
  await serveBoth({})
})

test('a domain that only the SigningTable names is asked about, too', async () => {
  await inHost(
    'mx1',
    `${KEEP_SIGNING_TABLE}
echo '*@Third.test mx1._domainkey.fleet.test' >> /etc/dkimkeys/SigningTable
${restart}`,
  )
  const verified = await thenMend(verify('--limit', 'mx1'), () => inHost('mx1', RESTORE_SIGNING_TABLE))
  assert.equal(
    hostOf(verified, 'mx1')
      .signing.filter(({ domain }) => domain === 'third.test')
      .map(({ role, signatures }) => [role, signatures.map((each) => each.domain)]),
    [
      ['local', ['fleet.test']],
      ['submission', ['fleet.test']],
      ['outsider', []],
    ],
  )
})

test(
  'where no addresses are given, those that routes choose or Postfix binds are proved; ' +
    'with a relay they are not known',
  async () => {
    const own = join(mkdtempSync(join(tmpdir(), 'mailrun-verify-')), 'over.yaml')
    writeFileSync(own, `all:\n  vars:\n    dns: { servers: [${primary}] }\n`)
    const provedOf = async (script: string): Promise<readonly (readonly [readonly string[], string])[]> => {
      await inHost('mx1', script)
      const { code, stdout, stderr } = await mailrun(
        'verify',
        '-i',
        lab.inventoryPath,
        '-i',
        own,
        '--limit',
        'mx1',
        '--format',
        'json',
      )
      assert.ok(code === 0 || code === 3, stderr)
      const { addresses, spf } = (JSON.parse(stdout) as ProofDocument).hosts[0]!
      return spf.filter(({ domain }) => domain === 'fleet.test').map(({ verdict }) => [addresses, verdict.id])
    }
    assert.equal(await provedOf('ip route add 198.41.0.0/16 dev host0'), [[[hosts[0]!], 'spf-pass']])
    assert.equal(await provedOf('ip address add 192.0.2.77/32 dev host0; postconf -e smtp_bind_address=192.0.2.77'), [
      [['192.0.2.77'], 'spf-fail'],
    ])
    assert.equal(await provedOf('postconf -e relayhost=relay.test'), [[[], 'no-address']])
    await inHost(
      'mx1',
      'ip route del 198.41.0.0/16 dev host0; ip address del 192.0.2.77/32 dev host0; ' +
        'postconf -X smtp_bind_address relayhost',
    )
  },
)

/** Hands in a message by SMTP, and prints the last line of each reply. */
const SEND = `bash -c '
exec 3<>/dev/tcp/127.0.0.1/25
say() {
  [ "$1" ] && printf "$1\\r\\n" >&3
  while read -r x <&3; do
    case $x in
      [0-9][0-9][0-9]-*) ;;
      *) echo "$x"; break;;
    esac
  done
}
say ""
say "EHLO t"
say "MAIL FROM:<a@fleet.test>"
say "RCPT TO:<root@localhost>"
say DATA
printf "From: a@fleet.test\\r\\n\\r\\nx\\r\\n" >&3
say .
say QUIT' || :`

test('what Postfix itself then does with mail is what is reported', async () => {
  const send = (): Promise<string> => inHost('mx1', SEND)
  assert.match(await send(), /^250 2\.0\.0 Ok: queued/m)
  for (const what of [
    'OpenDKIM is down',
    'a socket that Postfix may not use',
    'a socket outside of the chroot',
    'a key that OpenDKIM cannot read',
  ]) {
    const { break: breaks, mend } = ON_HOST.find((each) => each.what === what)!
    await inHost('mx1', `${breaks}; systemctl reload postfix; sleep 1`)
    const reported = await thenMend(send(), () => inHost('mx1', `${mend}; systemctl reload postfix`))
    assert.match(reported, /^451 4\.7\.1/m, what)
  }
})

test('who is not root is reported so, and nothing is taken for wrong', async () => {
  const own = join(mkdtempSync(join(tmpdir(), 'mailrun-verify-')), 'over.yaml')
  writeFileSync(own, 'mail:\n  hosts:\n    mx2: { ansible_become: false }\n')
  const verified = await verify('-i', own, '--limit', 'mx2')
  assert.is(verified.code, 3)
  assert.is(hostOf(verified, 'mx2').status, 'failed')
  assert.match(hostOf(verified, 'mx2').error!, /ansible_become/)
})

test('a host that does not answer is unreachable, and the others are proved', async () => {
  await lab.hostStop('mx2')
  const verified = await thenMend(verify('-T', '3'), () => lab.hostStart('mx2'))
  assert.is(verified.code, 4)
  assert.equal(
    verified.document.hosts.map(({ name, status }) => [name, status]),
    [
      ['mx1', 'pass'],
      ['mx2', 'unreachable'],
    ],
  )
})

test('people read the same in a table, and what to do', async () => {
  await inHost('mx1', 'systemctl stop opendkim')
  const { code, stdout } = await thenMend(
    mailrun('verify', '-i', lab.inventoryPath, '-i', over, '--limit', 'mx1'),
    () => inHost('mx1', restart),
  )
  assert.is(code, 3)
  assert.match(stdout, /^mx1 +fleet\.test +milter-unreached/m)
  assert.match(stdout, /mail is deferred \(milter_default_action = tempfail\)\n +→ is OpenDKIM running/)
})

test.run()
