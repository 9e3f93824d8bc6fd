// What a run tells of the records that it publishes, in every format.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { zoneFinder } from '../../../../src/dns/lookup/find-zone.ts'
import { planDns, type DnsPlan } from '../../../../src/dns/plan/plan-dns.ts'
import type { DnsEvent, Publication } from '../../../../src/dns/push/publication.ts'
import { mailFleet } from '../../../../src/mail/fleet/mail-fleet.ts'
import { mailVars } from '../../../../src/mail/fleet/mail-vars.ts'
import { domain } from '../../../../src/mail/fleet/schemas.ts'
import type { RunEvent } from '../../../../src/core/run-event.ts'
import { jsonReporter } from '../../../../src/report/run/json.ts'
import { ndjsonReporter } from '../../../../src/report/run/ndjson.ts'
import { textReporter } from '../../../../src/report/run/text.ts'
import { pattern } from '../../../pattern.ts'
import { colours } from '../../../../src/report/write/colour.ts'
import { suite } from '../../../suite.ts'
import { a, internet, ns, txt } from '../../dns/internet.ts'
import { host, run } from '../results.ts'

const test = suite('report/publication')
const valid = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../docs/run.schema.json'), 'utf8')) as object,
)

const NAMES = [ns('example.org', 'ns1.example.org'), ns('example.org', 'ns2.example.org')]
async function planned(): Promise<DnsPlan> {
  const net = internet({
    '10.0.0.1': {
      zones: {
        '': [
          ns('', 'ns.root'),
          a('ns.root', '10.0.0.1'),
          ns('example.org', 'ns1.example.org'),
          ns('example.org', 'ns2.example.org'),
          a('ns1.example.org', '10.0.0.3'),
          a('ns2.example.org', '10.0.0.4'),
        ],
      },
    },
    '10.0.0.3': { zones: { 'example.org': [...NAMES, txt('example.org', 'v=spf1 ip4:192.0.2.1 ~all')] } },
    '10.0.0.4': { zones: { 'example.org': NAMES } },
  })
  const vars = v.parse(v.object({ domains: v.array(domain), ...mailVars }), {
    domains: ['example.org'],
    outgoing_addresses: ['192.0.2.1'],
    helo_name: 'mx1.example.org',
  })
  return planDns(
    mailFleet([
      { name: 'mx1', vars, addresses: [], keys: [{ domain: 'example.org', selector: 'mx1', publicKey: '' }] },
    ]),
    { ...net, findZone: zoneFinder(net.ask, { resolvers: ['10.9.9.9'] }) },
  )
}

async function events(): Promise<readonly (RunEvent | DnsEvent)[]> {
  const plan = await planned()
  const [spf, key, helo] = plan.records
  const change = key!.kind === 'change' ? key!.change : assert.unreachable()
  const missing = [
    {
      record: spf!.record,
      server: spf!.views[1]!.server,
      kind: 'absent',
      why: 'has no such record',
      serial: 4,
    } as const,
  ]
  const publication: Publication = {
    plan,
    pushed: [{ change: change!, zone: 'example.org', outcome: { kind: 'failed', why: 'REFUSED: no\u001b[2J' } }],
    notServed: missing,
    byHand: [helo!.record],
    left: [{ record: key!.record, why: 'mx2 is unreachable' }],
    error: 'mx3 has\nno route',
  }
  return [
    { kind: 'run-start', playbook: 'p', check: false, hosts: ['mx1', 'mx2'] },
    { kind: 'host-parked', host: 'mx1', why: 'waits until it is published' },
    { kind: 'dns-plan', plan },
    { kind: 'dns-pushed', pushed: publication.pushed },
    { kind: 'dns-waiting', seconds: 60, missing },
    { kind: 'dns-served', records: 2, missing },
    { kind: 'dns-end', publication },
    { kind: 'run-end', result: run([host({ name: 'mx1', status: 'held' }), host({ name: 'mx2', status: 'ok' })]) },
  ]
}
const written = async (
  report: (out: { write(text: string): void }) => (event: RunEvent | DnsEvent) => void,
): Promise<string> => {
  let text = ''
  ;(await events()).forEach(report({ write: (part) => void (text += part) }))
  return text
}

test('people read it as it happens, and at the end what is left for them to do', async () => {
  const text = await written((out) =>
    textReporter({ diff: false, verbose: false, paint: colours(false), terminal: undefined }, out),
  )
  assert.match(
    text,
    'mx1: waits until it is published\n\nDNS\nexample.org  ns1.example.org (10.0.0.3), ns2.example.org (10.0.0.4)\n',
  )
  assert.match(text, '  + mx1._domainkey.example.org TXT')
  assert.match(
    text,
    'failed  example.org: REFUSED: no\n' +
      '    mx1._domainkey.example.org TXT\n' +
      'waits up to 60 s for 1 name server to serve 1 record\n' +
      'not served  example.org TXT: ns2.example.org (10.0.0.4) has no such record',
  )
  assert.match(
    text,
    pattern(
      /\nto be published by hand, .*\n\$ORIGIN example\.org\.\n/,
      /; mx1 greets others as mx1\.example\.org\nmx1 3600 IN TXT "v=spf1 ip4:192\.0\.2\.1 -all"\n/,
    ),
  )
  assert.match(text, '\nleft alone in DNS\n  mx1._domainkey.example.org TXT: mx2 is unreachable\n')
  assert.match(text, '\nDNS failed\n  mx3 has\n  no route\n')
  assert.not.match(text, '\u001b')
})

test('JSON has it as the schema says', async () => {
  const document = JSON.parse(await written(jsonReporter)) as {
    readonly dns: Readonly<Record<string, readonly unknown[]>>
  }
  assert.ok(valid(document), JSON.stringify(valid.errors))
  assert.equal(document.dns['left'], [{ name: 'mx1._domainkey.example.org', type: 'TXT', why: 'mx2 is unreachable' }])
  assert.equal(document.dns['byHand'], [{ name: 'mx1.example.org', type: 'TXT', value: 'v=spf1 ip4:192.0.2.1 -all' }])
})

test('NDJSON has a line for each event', async () => {
  const lines = (await written((out) => ndjsonReporter({ diff: false, verbose: false }, out)))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  assert.equal(
    lines.map(({ kind }) => kind),
    ['run-start', 'host-parked', 'dns-plan', 'dns-pushed', 'dns-waiting', 'dns-served', 'dns-end', 'run-end'],
  )
  assert.equal(
    (lines[4]!['notServed'] as readonly { readonly server: unknown }[]).map(({ server }) => server),
    [{ name: 'ns2.example.org', address: '10.0.0.4', port: 53 }],
  )
})

test.run()
