// SPF records as pyspf judges them, and DMARC as OpenDMARC does, by a real name server: the same as mailrun's own
// verdicts. Has a lab of its own.
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { askServer } from '../../src/dns/lookup/ask-server.ts'
import { authority, type Authority } from '../../src/dns/lookup/authority.ts'
import { limited } from '../../src/dns/lookup/look.ts'
import { walkDns } from '../../src/dns/lookup/walk-dns.ts'
import { evaluateDmarc, type DmarcInput } from '../../src/mail/records/dmarc/evaluate.ts'
import { mailFleet } from '../../src/mail/fleet/mail-fleet.ts'
import { mailRecords } from '../../src/mail/fleet/mail-records.ts'
import { mailVars } from '../../src/mail/fleet/mail-vars.ts'
import { dataOf, nameFromDns } from '../../src/mail/formats/dns-text.ts'
import { nameOfText } from '../../src/mail/formats/name.ts'
import { zoneLine } from '../../src/mail/formats/zone-line.ts'
import { domain } from '../../src/mail/fleet/schemas.ts'
import { proveSpf } from '../../src/verify/spf.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { nameServers, type ZoneText } from './name-servers.ts'
import { pythonIn } from './python.ts'
import { nameLab } from './own-lab.ts'

nameLab('oracles')
const lab = await import('../../lab/index.ts')
const test = suite('lab: oracles')

const txt = (name: string, value: string): string =>
  zoneLine({ owner: nameFromDns(nameOfText(name)!), ttl: undefined, type: 'TXT', data: dataOf({ type: 'TXT', value }) })

/** A question of SPF, and what must be said. */
interface SpfCase {
  readonly what: string
  readonly address: string
  readonly domain: string
  readonly result: string
}

// ---- Fleets: who is a host of it passes, and of everyone else is said what the fleet wants.

const [FOUR, SIX, OUTSIDER] = [
  ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  ['2001:db8::1', '2001:db8::2', '2001:db8::3'],
  ['203.0.113.9', '2001:db8:ffff::9'],
] as const
const OF_ALL = { '-all': 'fail', '~all': 'softfail', '?all': 'neutral' } as const
const SETTINGS: readonly {
  readonly spf: object
  readonly also: readonly (readonly [address: string, result: string])[]
}[] = [
  { spf: {}, also: [] },
  { spf: { includes: ['_spf.third.spf.test'] }, also: [['198.51.100.7', 'pass']] },
  {
    spf: { networks: ['198.51.100.128/25', '2001:db8:1::/48'] },
    also: [
      ['198.51.100.200', 'pass'],
      ['2001:db8:1:2::3', 'pass'],
    ],
  },
  {
    spf: { mechanisms: ['a:relay.spf.test', 'mx:mail.spf.test/30', 'exists:%{ir}.listed.spf.test'] },
    also: [
      ['198.51.100.20', 'pass'],
      ['198.51.100.33', 'pass'],
      ['198.51.100.99', 'pass'],
    ],
  },
  {
    spf: { includes: ['_spf.third.spf.test', '%{d}.macro.spf.test'], mechanisms: ['?ip4:198.51.100.64'] },
    also: [
      ['198.51.100.64', 'neutral'],
      ['198.51.100.77', 'pass'],
    ],
  },
]
/** As it is before anything is published; what is merged has its own terms. */
const THERE: readonly { readonly values: readonly string[]; readonly also: readonly string[] }[] = [
  { values: [], also: [] },
  {
    values: ['site=1', 'v=spf1 ip4:198.51.100.50 include:_spf.third.spf.test -all'],
    also: ['198.51.100.50', '198.51.100.7'],
  },
]

function fleets(): { readonly lines: readonly string[]; readonly cases: readonly SpfCase[] } {
  const [lines, cases]: [string[], SpfCase[]] = [[], []]
  let count = 0
  for (const all of Object.keys(OF_ALL) as readonly (keyof typeof OF_ALL)[])
    for (const { spf, also } of SETTINGS)
      for (const there of THERE) {
        count += 1
        const [name, hosts] = [`f${count}.spf.test`, 1 + (count % 3)]
        const addressesOf = (host: number): readonly string[] =>
          count % 2 === 0 ? [FOUR[host]!, SIX[host]!] : [FOUR[host]!]
        const vars = v.parse(v.object({ domains: v.array(domain), ...mailVars }), {
          domains: [name],
          null_domains: [`n${count}.spf.test`],
          spf: { all, ...spf },
        })
        const fleet = mailFleet(
          Array.from({ length: hosts }, (_, host) => ({
            name: `mx${host + 1}.${name}`,
            vars,
            addresses: addressesOf(host),
            keys: [],
          })),
        )
        const { records } = mailRecords(fleet, (owner) => (owner === name ? there.values : []))
        lines.push(
          ...records
            .filter(({ type, value }) => type === 'TXT' && value.startsWith('v=spf1'))
            .map(({ name: owner, value }) => txt(owner, value)),
          ...there.values.filter((value) => !value.startsWith('v=spf1')).map((value) => txt(name, value)),
        )
        lines.push(txt(`${name}.macro.spf.test`, 'v=spf1 ip4:198.51.100.77 -all'))
        const what = `${name}: ${JSON.stringify(vars.spf)}, ${JSON.stringify(there.values)}`
        const say = (address: string, result: string, of = name): void =>
          void cases.push({ what, address, domain: of, result })
        for (let host = 0; host < hosts; host += 1)
          for (const address of addressesOf(host))
            [name, `mx${host + 1}.${name}`].forEach((of) => say(address, 'pass', of))
        for (const [address, result] of [...also, ...there.also.map((each) => [each, 'pass'] as const)])
          say(address, result)
        for (const address of OUTSIDER) {
          say(address, OF_ALL[all])
          say(address, 'fail', `n${count}.spf.test`)
          say(address, 'fail', `mx1.${name}`)
        }
      }
  return { lines, cases }
}

// ---- Records of others, as one meets them: RFC 7208 says what each comes to.

const HOSTILE: readonly (readonly [records: readonly string[], address: string, result: string])[] = [
  [['v=spf1 -all', 'v=spf1 +all'], '203.0.113.9', 'permerror'],
  [['v=spf10 +all'], '203.0.113.9', 'none'],
  [['V=SPF1 IP4:203.0.113.9 -ALL'], '203.0.113.9', 'pass'],
  [['v=spf1   ip4:203.0.113.9    -all  '], '203.0.113.9', 'pass'],
  [['v=spf1'], '203.0.113.9', 'neutral'],
  [['v=spf1 ip4:203.0.113.9/33 -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 ip4:203.0.113 -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 ipv4:203.0.113.9 -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 ip6:203.0.113.9 -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 ip4:0.0.0.0/0 -all'], '2001:db8:ffff::9', 'fail'],
  [['v=spf1 ip6:::/0 -all'], '2001:db8:ffff::9', 'pass'],
  [['v=spf1 ip6:2001:db8::/32 -all'], '203.0.113.9', 'fail'],
  [['v=spf1 include:nowhere.spf.test -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 include:loop.spf.test -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 include:many.spf.test -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 a:v1.spf.test a:v2.spf.test a:v3.spf.test -all'], '203.0.113.9', 'permerror'],
  [['v=spf1 a:v1.spf.test a:v2.spf.test -all'], '203.0.113.9', 'fail'],
  [['v=spf1 redirect=_spf.third.spf.test'], '198.51.100.7', 'pass'],
  [['v=spf1 redirect=_spf.third.spf.test'], '203.0.113.9', 'fail'],
  [['v=spf1 redirect=nowhere.spf.test'], '203.0.113.9', 'permerror'],
  [['v=spf1 all redirect=nowhere.spf.test'], '203.0.113.9', 'pass'],
  [['v=spf1 unknown=x ?all'], '203.0.113.9', 'neutral'],
  [['v=spf1 frobnicate ?all'], '203.0.113.9', 'permerror'],
  [['v=spf1 exists:%{i}.listed.spf.test -all'], '203.0.113.9', 'fail'],
  [['v=spf1 exists:%{z}.spf.test -all'], '203.0.113.9', 'permerror'],
  [
    [`v=spf1 ${Array.from({ length: 60 }, (_, index) => `ip4:198.18.0.${index}`).join(' ')} ip4:203.0.113.9 -all`],
    '203.0.113.9',
    'pass',
  ],
  [['google-site-verification=x; v=spf1 -all'], '203.0.113.9', 'none'],
]
const THIRD = [
  txt('_spf.third.spf.test', 'v=spf1 ip4:198.51.100.7 -all'),
  txt('loop.spf.test', 'v=spf1 include:loop.spf.test -all'),
  txt(
    'many.spf.test',
    `v=spf1 ${Array.from({ length: 11 }, (_, index) => `include:m${index}.spf.test`).join(' ')} -all`,
  ),
  ...Array.from({ length: 11 }, (_, index) => txt(`m${index}.spf.test`, 'v=spf1 ip4:198.51.100.7 -all')),
  'relay.spf.test. IN A 198.51.100.20',
  'relay.spf.test. IN AAAA 2001:db8:9::20',
  'mail.spf.test. IN MX 10 mx.mail.spf.test.',
  'mx.mail.spf.test. IN A 198.51.100.32',
  '99.100.51.198.listed.spf.test. IN A 127.0.0.2',
]

// ---- DMARC: what RFC 7489 and RFC 9989 share.

const DMARC: readonly (readonly [owner: string, record: string])[] = (
  ['none', 'quarantine', 'reject'] as const
).flatMap((p) =>
  (['r', 's'] as const).flatMap((adkim) =>
    (['r', 's'] as const).flatMap((aspf) =>
      ['', 'sp=none; ', 'sp=quarantine; ', 'sp=reject; '].map(
        (sp) =>
          [
            `${p}-${adkim}${aspf}${sp === '' ? '' : `-${sp.slice(3, -2)}`}.test`,
            `v=DMARC1; p=${p}; ${sp}adkim=${adkim}; aspf=${aspf}`,
          ] as const,
      ),
    ),
  ),
)

function dmarcInputs(): readonly DmarcInput[] {
  const inputs = DMARC.flatMap(([name]) =>
    [name, `news.${name}`, `a.b.${name}`].flatMap((author): readonly DmarcInput[] => [
      { author, dkim: [], spf: [] },
      { author, dkim: [author], spf: [] },
      { author, dkim: [], spf: [author] },
      { author, dkim: [name], spf: [] },
      { author, dkim: [], spf: [name] },
      { author, dkim: [`mail.${name}`], spf: [] },
      { author, dkim: [], spf: [`bounce.${name}`] },
      { author, dkim: ['other.test'], spf: ['other.test'] },
      { author, dkim: [`x${name}`], spf: [`x${name}`] },
      { author, dkim: ['other.test', `mail.${name}`], spf: [`bounce.${name}`] },
    ]),
  )
  return [
    ...inputs,
    { author: 'unsaid.test', dkim: ['unsaid.test'], spf: ['unsaid.test'] },
    { author: 'news.own.test', dkim: ['own.test'], spf: [] },
    { author: 'news.own.test', dkim: [], spf: [] },
  ]
}

let dns: Authority
let server = ''
const { lines, cases } = fleets()

function spfZone(): ZoneText {
  const hostile = HOSTILE.flatMap(([records], index) => records.map((value) => txt(`h${index}.spf.test`, value)))
  return { zone: 'spf.test', records: `${[...lines, ...THIRD, ...hostile].join('\n')}\n` }
}
function dmarcZone(zone: string, value: string): ZoneText {
  const below = zone === 'own.test' ? `${txt('_dmarc.news.own.test', 'v=DMARC1; p=quarantine; adkim=s')}\n` : ''
  return { zone, records: `${txt(`_dmarc.${zone}`, value)}\n${below}` }
}

test.before(async () => {
  await lab.labUp({ size: 1, tools: true, wire: undefined })
  const subnet = (await lab.address('verify')).replace(/\.\d+$/, '')
  const { primary } = await nameServers(
    (script) => lab.hostExec('verify', script),
    subnet,
    [
      spfZone(),
      ...[...DMARC, ['own.test', 'v=DMARC1; p=reject'] as const].map(([zone, value]) => dmarcZone(zone, value)),
      { zone: 'unsaid.test', records: '' },
    ],
    [],
  )
  server = primary
  await inHost('verify', `echo nameserver ${server} >/etc/resolv.conf`)
  dns = authority({ resolvers: [server] }, limited(askServer))
})
test.after(() => lab.labDown())

const PYSPF = `
import spf
out = []
for q in given:
    spf.MAX_PER_LOOKUP_TIME = 20
    out.append(spf.check2(i=q["address"], s="postmaster@" + q["domain"], h=q["domain"], timeout=20, querytime=0)[0])
print(json.dumps(out))
`
async function judged(asked: readonly SpfCase[]): Promise<void> {
  const theirs = (await pythonIn('verify', PYSPF, asked)) as readonly string[]
  const ours = await Promise.all(
    asked.map(
      async (each) =>
        (await proveSpf({ identity: 'mailfrom', domain: each.domain, address: each.address, helo: each.domain }, dns))
          .result,
    ),
  )
  const wrong = asked.flatMap((each, index) =>
    theirs[index] === each.result && ours[index] === each.result
      ? []
      : [
          `${each.what}, ${each.address} for ${each.domain}: ` +
            `${each.result} wanted, pyspf ${theirs[index]}, mailrun ${ours[index]}`,
        ],
  )
  assert.equal(wrong, [])
}

test('SPF of thirty fleets: pyspf says the same as mailrun, and what was meant', async () => {
  assert.ok(cases.length > 250, String(cases.length))
  await judged(cases)
})

test('SPF records of others, hostile ones among them: pyspf says the same as mailrun, and as RFC 7208', () =>
  judged(
    HOSTILE.map(([records, address, result], index) => ({
      what: JSON.stringify(records),
      address,
      domain: `h${index}.spf.test`,
      result,
    })),
  ))

const OPENDMARC = `
import ctypes, socket, struct
lib = ctypes.CDLL("libopendmarc.so.2")
class In(ctypes.Structure):
    _fields_ = [
        ("family", ctypes.c_uint16),
        ("port", ctypes.c_uint16),
        ("address", ctypes.c_uint8 * 4),
        ("zero", ctypes.c_uint8 * 8),
    ]
class Lib(ctypes.Structure):
    _fields_ = [
        ("tld_type", ctypes.c_int),
        ("tld_source_file", ctypes.c_char * 4096),
        ("nscount", ctypes.c_int),
        ("nsaddr_list", In * 3),
    ]
open("/tmp/suffixes", "w").write("test\\n")
settings = Lib(tld_type=1, tld_source_file=b"/tmp/suffixes", nscount=0)
assert lib.opendmarc_policy_library_init(ctypes.byref(settings)) == 0
for name, kinds in (("connect_init", [ctypes.c_char_p, ctypes.c_int]),):
    f = getattr(lib, "opendmarc_policy_" + name)
    f.restype = ctypes.c_void_p
    f.argtypes = kinds
lib.opendmarc_policy_connect_shutdown.restype = ctypes.c_void_p
lib.opendmarc_policy_connect_shutdown.argtypes = [ctypes.c_void_p]
lib.opendmarc_policy_store_from_domain.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
lib.opendmarc_policy_store_dkim.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
]
lib.opendmarc_policy_store_spf.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p
]
lib.opendmarc_policy_query_dmarc.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
lib.opendmarc_get_policy_to_enforce.argtypes = [ctypes.c_void_p]
WORDS = {14: "none", 15: "pass", 16: "fail reject", 17: "fail quarantine", 18: "fail none"}
out = []
for q in given:
    it = lib.opendmarc_policy_connect_init(b"192.0.2.1", 4)
    lib.opendmarc_policy_store_from_domain(it, q["author"].encode())
    for d in q["dkim"]:
        lib.opendmarc_policy_store_dkim(it, d.encode(), b"s1", 1, None)
    for d in q["spf"]:
        lib.opendmarc_policy_store_spf(it, d.encode(), 1, 1, None)
    asked = lib.opendmarc_policy_query_dmarc(it, q["author"].encode())
    reported = lib.opendmarc_get_policy_to_enforce(it)
    out.append(WORDS.get(reported, "%d/%d" % (asked, reported)))
    lib.opendmarc_policy_connect_shutdown(it)
print(json.dumps(out))
`

test('DMARC over policies, alignment modes, subdomains and who signs: OpenDMARC says the same as mailrun', async () => {
  const asked = dmarcInputs()
  const theirs = (await pythonIn('verify', OPENDMARC, asked)) as readonly string[]
  const ours = await Promise.all(
    asked.map(async (input) => {
      const { result, policy } = await walkDns(evaluateDmarc(input), (question) => dns.resolve(question, undefined))
      return result === 'fail' ? `fail ${policy}` : result
    }),
  )
  assert.equal([...new Set(ours)].sort(), ['fail none', 'fail quarantine', 'fail reject', 'none', 'pass'])
  // OpenDMARC 1.4.2 takes strict for relaxed where the author is the organizational domain and the other one is below
  // it; later ones do not.
  const isTheirs = ({ author, dkim, spf }: DmarcInput, index: number): boolean =>
    theirs[index] === 'pass' &&
    author.split('.').length === 2 &&
    [...dkim, ...spf].some((each) => each.endsWith(`.${author}`))
  assert.equal(
    asked.flatMap((input, index) =>
      theirs[index] === ours[index] || isTheirs(input, index)
        ? []
        : [`${JSON.stringify(input)}: OpenDMARC ${theirs[index]}, mailrun ${ours[index]}`],
    ),
    [],
  )
})

test.run()
