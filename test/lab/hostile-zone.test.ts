// The name server of one domain of two is hostile while a fleet is audited, verified, planned, pushed and rotated: that
// domain has its findings, and the other one is, on all hosts, as without it. Has a lab of its own.
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createSocket } from 'node:dgram'
import * as assert from 'uvu/assert'
import { assertPlain, ended, type Ended } from '../hostile-rounds.ts'
import { hostileManners, type DnsBehaviour } from '../hostile-name-server.ts'
import { suite } from '../suite.ts'
import { hostileServer, type HostileServer } from '../unit/dns/hostile-server.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('hostilezone')
const lab = await import('../../lab/index.ts')
const test = suite('lab: hostile zone')

const [HONEST, HOSTILE] = ['fleet.test', 'example.test'] as const
const HOSTS = ['mx1', 'mx2'] as const
const SEED = Number(process.env['MAILRUN_HOSTILE_SEED'] ?? '20270301')
const over = lab.inventoryPath.replace(/\.yaml$/, '-over.yaml')

let dns: Awaited<ReturnType<typeof lab.dns>>
let between: HostileServer
/** While there is none, all is passed on to BIND. */
let manners: ReturnType<typeof hostileManners> | undefined

const hostileBetween = (): Promise<HostileServer> =>
  hostileServer({
    udp: (question) => manners?.udp(question) ?? [],
    tcp(socket) {
      if (manners !== undefined) return manners.tcp(socket)
      const upstream = connect({ host: dns.primary, port: 53 })
      upstream.on('error', () => socket.destroy())
      socket.pipe(upstream).pipe(socket)
    },
    pass(question, answer) {
      if (manners !== undefined) return
      const socket = createSocket('udp4')
      socket.on('message', (datagram) => {
        answer(datagram)
        socket.close()
      })
      socket.send(question, 53, dns.primary)
    },
  })

const mailrun = (...words: readonly string[]): Promise<Ended> =>
  ended([...words, '-i', lab.inventoryPath, '-i', over, '--timeout', '20'])

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
  between = await hostileBetween()
  const server = `${between.address}:${between.port}`
  const zone = { servers: [server], primary: server, via: 'nsupdate', key_file: dns.keyFiles.lab }
  const vars = {
    dns_ttl: 5,
    dmarc: { p: 'none', rua: 'dmarc@fleet.test' },
    dkim_rotation: { margin: 1, drain: 5, revoked: 3 },
    dns: { resolvers: [dns.resolver], key_file: dns.keyFiles.lab, zones: { [HOSTILE]: zone } },
  }
  const hosts = Object.fromEntries(HOSTS.map((name, index) => [name, { outgoing_addresses: [`192.0.2.${index + 1}`] }]))
  writeFileSync(over, JSON.stringify({ mail: { vars, hosts } }))
  for (const [words, code] of [
    [['playbooks/dkim.ts'], 6],
    [['dns', 'push', '--yes'], 0],
    [['playbooks/dkim.ts'], 0],
  ] as const) {
    const run = await mailrun(...words)
    assert.is(run.code, code, run.stdout + run.stderr)
  }
})
test.after(async () => {
  await between.close()
  await lab.labDown()
})
test.after.each(() => void (manners = undefined))

interface About {
  readonly domain?: string | null
  readonly host?: string | null
}
const aboutHonest = ({ domain }: About): boolean => domain !== HOSTILE
/** Nonces, and times. */
const steady = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, each: unknown) =>
      ['message', 'seconds', 'now', 'date'].includes(key) ? undefined : each,
    ),
  )

/** Of each command's document, what is not about the hostile domain. */
const HONEST_PARTS: Readonly<Record<string, (document: never) => unknown>> = {
  audit: (document: {
    hosts: unknown
    domains: About[]
    matrix: About[]
    findings: { id: string; subjects: About[] }[]
  }) => [
    document.hosts,
    document.domains.filter(aboutHonest),
    document.matrix.filter(aboutHonest),
    document.findings.flatMap(({ id, subjects }) => subjects.filter(aboutHonest).map((each) => ({ id, ...each }))),
  ],
  verify: (document: { hosts: { name: string; signing: About[]; spf: About[]; dmarc: About[]; reverse: unknown }[] }) =>
    document.hosts.map(({ name, signing, spf, dmarc, reverse }) => [
      name,
      ...[signing, spf, dmarc].map((each) => each.filter(aboutHonest)),
      reverse,
    ]),
  plan: (document: { zones: { zone: string }[]; records: About[]; silent: unknown }) => [
    document.zones.filter(({ zone }) => zone !== HOSTILE),
    document.records.filter(aboutHonest),
    document.silent,
  ],
  rotate: (document: { rotations: About[] }) => document.rotations.filter(aboutHonest),
}
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  audit: ['audit'],
  verify: ['verify'],
  plan: ['dns', 'plan'],
  rotate: ['rotate', '--check'],
}

/** What all commands say, and of it what is not about the hostile domain. */
async function all(): Promise<Readonly<Record<string, { readonly run: Ended; readonly honest: unknown }>>> {
  const reported = Object.entries(COMMANDS).map(async ([name, words]) => {
    const run = await mailrun(...words, '--format', 'json')
    assert.ok(run.code !== null && run.stdout.startsWith('{'), `${name}: ${run.code} ${run.stdout}${run.stderr}`)
    assertPlain(run)
    return [name, { run, honest: steady(HONEST_PARTS[name]!(JSON.parse(run.stdout) as never)) }] as const
  })
  return Object.fromEntries(await Promise.all(reported))
}

let honest: Awaited<ReturnType<typeof all>>

test('without it all is well', async () => {
  honest = await all()
  for (const [name, { run }] of Object.entries(honest)) assert.not.match(run.stdout, 'unanswered', name)
  assert.is(honest['plan']!.run.code, 0)
  assert.is(honest['rotate']!.run.code, 0)
})

for (const behaviour of ['lies', 'odd-names', 'loops'] satisfies DnsBehaviour[])
  test(`${behaviour}: audit, verify, plan and rotation of the other domain are the same on all hosts`, async () => {
    manners = hostileManners(behaviour, SEED, { zone: HOSTILE, other: HONEST })
    const amid = await all()
    for (const [name, { run, honest: found }] of Object.entries(amid)) {
      assert.equal(found, honest[name]!.honest, name)
      assert.ok(run.stdout.includes(HOSTILE), name)
    }
    const { findings } = JSON.parse(amid['audit']!.run.stdout) as { findings: { subjects: About[] }[] }
    assert.ok(
      findings.some(({ subjects }) => subjects.some(({ domain }) => domain === HOSTILE)),
      'the domain has its finding',
    )
  })

const updated = (...lines: readonly string[]): Promise<string> =>
  inHost(
    'ns1',
    `cat >/run/update.key <<'E'
${readFileSync(dns.keyFiles.lab, 'utf8')}E
nsupdate -k /run/update.key <<'E'
server ${dns.primary}
${lines.join('\n')}
send
E`,
  )

test('a push puts back what is missing of the other domain, and leaves the hostile one alone', async () => {
  await updated(`zone ${HONEST}.`, `update delete _dmarc.${HONEST}. TXT`)
  const before = await inHost('ns1', `dig +short @${dns.primary} ${HOSTILE} TXT`)
  manners = hostileManners('texts', SEED, { zone: HOSTILE, other: HONEST })
  const run = await mailrun('dns', 'push', '--yes', '--wait', '10')
  assert.match(run.stdout, new RegExp(`^pushed {2}_dmarc\\.${HONEST} TXT$`, 'm'), run.stdout + run.stderr)
  assertPlain(run)
  assert.match(await inHost('ns1', `dig +short @${dns.primary} _dmarc.${HONEST} TXT`), 'v=DMARC1')
  assert.is(await inHost('ns1', `dig +short @${dns.primary} ${HOSTILE} TXT`), before)
})

interface Rotations {
  readonly rotations: readonly {
    readonly host: string
    readonly domain: string
    readonly keys: readonly { readonly selector: string; readonly state: string }[]
  }[]
}

test('a rotation of the other domain comes to its end, and hosts go on signing for the hostile one', async () => {
  manners = hostileManners('texts', SEED, { zone: HOSTILE, other: HONEST })
  await mailrun('rotate', '--start', '--wait', '30')
  let rotations: Rotations['rotations'] = []
  for (let round = 0; round < 4; round += 1) {
    const { stdout } = await mailrun('rotate', '--check', '--format', 'json')
    rotations = (JSON.parse(stdout) as Rotations).rotations
    if (isOver(rotations)) break
    await mailrun('rotate', '--wait', '15')
  }
  assert.ok(isOver(rotations), JSON.stringify(rotations))
  manners = undefined
  const proof = JSON.parse((await mailrun('verify', '--format', 'json')).stdout) as {
    readonly hosts: readonly {
      readonly signing: readonly { readonly domain: string; readonly verdict: { status: string; what: string } }[]
    }[]
  }
  for (const { signing } of proof.hosts)
    for (const { domain, verdict } of signing)
      if (domain === HOSTILE || domain === HONEST) assert.is(verdict.status, 'pass', `${domain} ${verdict.what}`)
})

const isOver = (rotations: Rotations['rotations']): boolean =>
  HOSTS.every((host) => {
    const keys = rotations.find((each) => each.host === host && each.domain === HONEST)?.keys ?? []
    return keys.length === 1 && keys[0]!.state === 'active' && keys[0]!.selector !== host
  })

test.run()
