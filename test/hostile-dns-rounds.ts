// The name server of one domain of two is hostile, round after round: the other domain's plan, proof and audit are
// those of a run without it, all of it ends, nothing that was said controls a terminal, and memory stays bounded.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import pLimit from 'p-limit'
import * as assert from 'uvu/assert'
import { lookAtDomains } from '../src/audit/look-at-domains.ts'
import { askServer, type AskServer } from '../src/dns/lookup/ask-server.ts'
import { authority } from '../src/dns/lookup/authority.ts'
import { DOMAIN_NAME_QUESTIONS, DOMAIN_QUESTIONS } from '../src/dns/bounds/bounds.ts'
import { domainBounds } from '../src/dns/bounds/domain-bounds.ts'
import type { DnsVars } from '../src/dns/dns-vars.ts'
import { zoneFinder } from '../src/dns/lookup/find-zone.ts'
import { limited } from '../src/dns/lookup/look.ts'
import type { ServerAddress } from '../src/dns/lookup/name-server.ts'
import { remembering } from '../src/dns/lookup/remembering.ts'
import type { MailRecord } from '../src/mail/records/dns-record.ts'
import type { MailFleet } from '../src/mail/fleet/mail-fleet.ts'
import { recordsJson } from '../src/mail/formats/records-json.ts'
import { proveReverse } from '../src/verify/reverse.ts'
import { proveSpf } from '../src/verify/spf.ts'
import { randomOf } from './fuzz/random.ts'
import { honestNameServer } from './honest-name-server.ts'
import { DNS_BEHAVIOURS, hostileNameServer, type DnsBehaviour } from './hostile-name-server.ts'
import { assertEnded, assertPlain, ended, type Ended } from './hostile-rounds.ts'
import { suite } from './suite.ts'
import { ROOT } from './unit/cli/mailrun.ts'

const [GOOD, EVIL] = ['good.test', 'evil.test'] as const
const ADDRESS = '192.0.2.1'

const record = (name: string, domain: string, purpose: MailRecord['purpose'], value: string): MailRecord => ({
  name,
  type: purpose === 'null-mx' ? 'MX' : 'TXT',
  ttl: 300,
  value,
  purpose,
  domain,
  publishedBy: 'fleet',
  why: ['of the test'],
})
const recordsOf = (domain: string): readonly MailRecord[] => [
  record(domain, domain, 'spf', `v=spf1 ip4:${ADDRESS} -all`),
  record(`_dmarc.${domain}`, domain, 'dmarc', 'v=DMARC1; p=none'),
  record(`mx1._domainkey.${domain}`, domain, 'dkim', 'v=DKIM1; p='),
  record(`parked.${domain}`, domain, 'null-mx', '0 .'),
]
const fleet = {
  hosts: [{ name: 'mx1', helo: undefined, ownName: undefined, keys: [], addresses: [ADDRESS], domains: [GOOD, EVIL] }],
  domains: [GOOD, EVIL].map((domain) => ({
    domain,
    sends: true,
    receives: true,
    spf: { networks: [], includes: [], mechanisms: [] },
  })),
  zones: [],
  ttl: 300,
} as unknown as MailFleet

/** What a program finds out of both domains, and how many questions it took. */
async function looked(dns: DnsVars) {
  let asked = 0
  const count: AskServer = (server, question) => {
    asked += 1
    return askServer(server, question)
  }
  const ask = limited(remembering(count))
  const bounds = domainBounds()
  const looking = { ask, findZone: zoneFinder(ask, dns) }
  const judges = authority(dns, ask, bounds)
  const domains = [GOOD, EVIL].map((domain) => ({ domain, declared: true, selectors: ['mx1'] }))
  const [evidence, spf] = await Promise.all([
    lookAtDomains(fleet, domains, { looking, authority: judges, bounds }),
    Promise.all(
      [GOOD, EVIL].map((domain) => proveSpf({ identity: 'mailfrom', domain, address: ADDRESS, helo: domain }, judges)),
    ),
    proveReverse('192.0.2.2', EVIL, judges),
  ])
  return { good: JSON.stringify([evidence[0], spf[0]]), asked }
}

interface Document {
  readonly zones: readonly { readonly zone: string }[]
  readonly records: readonly { readonly domain: string; readonly status: string }[]
}
const goodIn = ({ stdout }: Ended): string => {
  const { zones, records } = JSON.parse(stdout) as Document
  return JSON.stringify([zones.filter(({ zone }) => zone === GOOD), records.filter(({ domain }) => domain === GOOD)])
}

/** At once: most of a round is waiting. */
const AT_ONCE = 4

interface Round {
  readonly behaviour: DnsBehaviour
  /** Its own seed. */
  readonly own: number
  played?: Promise<void>
}

/** In the folder. */
const RECORDS = 'records.json'

interface Site {
  readonly folder: string
  readonly good: ServerAddress
  /** Of a run without hostile servers; the memory in kB. */
  readonly honest: { readonly plan: string; readonly looked: string; readonly peak: number }
  readonly valid: ValidateFunction
  readonly counts: { asked: number; readonly records: Map<string, number> }
}

const varsOf = (good: ServerAddress, evil: ServerAddress): DnsVars => ({
  resolvers: [`127.0.0.1:${good.port}`],
  zones: {
    [GOOD]: { servers: [`127.0.0.1:${good.port}`], via: 'none' },
    [EVIL]: { servers: [`127.0.0.1:${evil.port}`], via: 'none' },
  },
})

type Command = (action: 'plan' | 'verify', format: 'json' | 'text') => Promise<Ended>

/** With an inventory of its own. */
function commandsFor(folder: string, dns: DnsVars, name: string): Command {
  const inventory = join(folder, `${name}.yaml`)
  writeFileSync(inventory, JSON.stringify({ all: { hosts: { mx1: { domains: [GOOD], dns } } } }))
  return (action, format) =>
    ended(['dns', action, '-i', inventory, '--from', join(folder, RECORDS), '--format', format])
}

async function play({ behaviour, own }: Round, { folder, good, honest, valid, counts }: Site): Promise<void> {
  const evil = await hostileNameServer(behaviour, own, { zone: EVIL, other: GOOD })
  try {
    const dns = varsOf(good, evil)
    const command = commandsFor(folder, dns, `${behaviour}-${own}`)
    const [plan, verify, looks] = await Promise.all([command('plan', 'json'), command('verify', 'text'), looked(dns)])
    for (const run of [plan, verify]) {
      assertEnded(run, honest.peak, behaviour)
      assertPlain(run)
    }
    const document = JSON.parse(plan.stdout) as Document
    assert.ok(valid(document), JSON.stringify(valid.errors))
    assert.is(goodIn(plan), honest.plan)
    assert.is(looks.good, honest.looked)
    counts.asked += looks.asked
    for (const { status } of document.records) counts.records.set(status, (counts.records.get(status) ?? 0) + 1)
    assert.ok(looks.asked <= 2 * (DOMAIN_QUESTIONS + 10 * DOMAIN_NAME_QUESTIONS), `${looks.asked} questions`)
  } finally {
    await evil.close()
  }
}

/** @param count - of rounds; of each behaviour there is at least one where they are as many as behaviours. */
export function hostileDnsRounds(count: number): void {
  const seed = Number(process.env['MAILRUN_HOSTILE_SEED'] ?? '20270301')
  const choices = randomOf(seed)
  const rounds = Array.from({ length: count }, (_, index): Round => ({
    behaviour: DNS_BEHAVIOURS[index % DNS_BEHAVIOURS.length]!,
    own: choices.below(1_000_000_000),
  }))
  const limit = pLimit(AT_ONCE)
  const test = suite(`hostile name server, seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-hostile-dns-'))
  const valid = new Ajv2020({ strict: true, allErrors: true }).compile(
    JSON.parse(readFileSync(join(ROOT, 'docs/dns.schema.json'), 'utf8')) as object,
  )
  const counts = { asked: 0, records: new Map<string, number>() }
  let good: Awaited<ReturnType<typeof honestNameServer>>
  let honest: Site['honest']

  test.before(async () => {
    good = await honestNameServer(GOOD, [
      { type: 'NS', name: GOOD, ttl: 300, data: `ns1.${GOOD}` },
      { type: 'TXT', name: GOOD, ttl: 300, data: `v=spf1 ip4:${ADDRESS} -all` },
      { type: 'TXT', name: `_dmarc.${GOOD}`, ttl: 300, data: 'v=DMARC1; p=none' },
    ])
    writeFileSync(join(folder, RECORDS), recordsJson([GOOD, EVIL].map((zone) => ({ zone, records: recordsOf(zone) }))))
    const evil = await honestNameServer(EVIL, [{ type: 'TXT', name: EVIL, ttl: 300, data: 'v=spf1 -all' }])
    const dns = varsOf(good, evil)
    const plan = await commandsFor(folder, dns, 'honest')('plan', 'json')
    assert.is(plan.code, 2, plan.stdout + plan.stderr)
    honest = { plan: goodIn(plan), looked: (await looked(dns)).good, peak: plan.peak }
    evil.close()
    for (const each of rounds) {
      each.played = limit(() => play(each, { folder, good, honest, valid, counts }))
      // Reported by its test.
      each.played.catch(() => {})
    }
  })
  test.after(() => {
    const records = [...counts.records].map(([status, times]) => `${times} ${status}`).join(', ')
    console.log(`${count} rounds: ${counts.asked} questions; of the records of both domains ${records}`)
    good.close()
    rmSync(folder, { recursive: true })
  })

  for (const each of rounds)
    test(`${each.behaviour}, ${each.own}: the other domain is as without it`, () => each.played!)
  test.run()
}
