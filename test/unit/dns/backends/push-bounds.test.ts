// What nsupdate and knotc say of an update is read to a bound, and is that update's own: other zones go on.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { shellStream } from '../../../../src/ssh/shell/shell-stream.ts'
import type { DnsVars } from '../../../../src/dns/dns-vars.ts'
import type { PlannedRecord } from '../../../../src/dns/plan/plan-dns.ts'
import { UPDATE_BYTES } from '../../../../src/dns/bounds/bounds.ts'
import { pushDns, zonePushes } from '../../../../src/dns/push/push-dns.ts'
import { pushFromHere, readyToPush } from '../../../../src/dns/backends/nsupdate/push-from-here.ts'
import { knotOutcome } from '../../../../src/dns/backends/knot/push-by-knotc.ts'
import { updateOutcome } from '../../../../src/dns/backends/nsupdate/nsupdate-words.ts'
import { wantedChange } from '../../../../src/dns/plan/wanted-change.ts'
import { writtenChange } from '../../../../src/dns/backends/written-change.ts'
import type { Connection } from '../../../../src/engine/session/connection.ts'
import type { MailRecord } from '../../../../src/mail/records/dns-record.ts'
import type { Host } from '../../../../src/core/fleet/host.ts'
import { PassThrough } from 'node:stream'
import { suite } from '../../../suite.ts'
import { fakeNsupdate } from './fake-nsupdate.ts'

const test = suite('dns/push-bounds')

const fake = fakeNsupdate()
const { folder, says: nsupdate } = fake
test.after(() => fake.remove())

const record = (zone: string): MailRecord => ({
  name: `_dmarc.${zone}`,
  type: 'TXT',
  ttl: 60,
  value: 'v=DMARC1; p=none',
  purpose: 'dmarc',
  domain: zone,
  publishedBy: 'fleet',
  why: [],
})
const change = writtenChange(wantedChange(record('example.org'), undefined)!, 'example.org')
const PRIMARY = { name: 'ns1.example.org', addresses: [{ address: '192.0.2.53', port: 53 }] }

test('an nsupdate that says more than an update takes is ended, and it is reported', async () => {
  const status = '";; ->>HEADER<<- opcode: UPDATE, status: NOERROR, id: 1"'
  for (const where of ['', ' >&2']) {
    nsupdate(`cat >/dev/null; echo ${status}; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx${where}; done`)
    const before = process.memoryUsage().rss
    const [outcome] = await pushFromHere([change], PRIMARY, { kind: 'file', path: '/nowhere.key' })
    assert.equal(outcome, {
      kind: 'failed',
      why: 'nsupdate said more than 512 kB; whether the update was made, verify tells',
    })
    assert.ok(process.memoryUsage().rss - before < 100 << 20)
  }
})

test('its last words are shown, cut short', () => {
  const long = 'y'.repeat(100_000)
  const shown = [
    updateOutcome({ code: 1, output: `${long}\n${long}\n` }),
    knotOutcome({ code: 13, output: `error: (${long})\n` }, 'example.org'),
    knotOutcome({ code: 14, output: `${long}\n` }, 'example.org'),
  ]
  for (const outcome of shown) assert.ok(JSON.stringify(outcome).length < 2000, JSON.stringify(outcome).slice(0, 100))
})

test('a key is tried within the same bound', async () => {
  nsupdate('while :; do echo could not read; done')
  const key = join(folder, 'some.key')
  writeFileSync(key, 'key')
  await readyToPush({ kind: 'file', path: key })
})

/** A host whose shell says `said` without end. */
function flooding(said: string): Connection {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const shell = shellStream({ stdin, stdout, stderr })
  let gone = false
  return {
    exchange(request) {
      const flood = (): void => {
        stdout.write(said)
        if (!gone) setImmediate(flood)
      }
      setImmediate(flood)
      return shell.exchange(request).finally(() => (gone = true))
    },
    touch: () => Promise.resolve(),
    close: () => void (gone = true),
    notes: [],
  }
}

test('a name server of the inventory that says more is that zone’s failure; other zones are pushed', async () => {
  nsupdate('cat >/dev/null; echo ";; ->>HEADER<<- opcode: UPDATE, status: NOERROR, id: 1"')
  const key = join(folder, 'zones.key')
  writeFileSync(key, 'key')
  const vars: DnsVars = {
    zones: {
      'one.test': { host: 'ns1' },
      'two.test': { host: 'ns1', via: 'knotc' },
      'three.test': { key_file: key },
    },
  }
  const planned = (zone: string): PlannedRecord => ({
    kind: 'change',
    record: record(zone),
    zone: { zone, servers: [PRIMARY], primary: PRIMARY, negativeTtl: 60, faults: [] },
    change: wantedChange(record(zone), undefined)!,
    views: [],
  })
  const pushes = await zonePushes(
    { records: Object.keys(vars.zones!).map(planned) },
    { dns: () => vars, hosts: [{ name: 'ns1' } as Host], unset: 'error' },
  )
  const pushed = await pushDns(
    pushes,
    () => Promise.resolve(flooding('z'.repeat(1 << 16))),
    new AbortController().signal,
  )
  const kilobytes = (UPDATE_BYTES + (64 << 10)) >> 10
  const lost = `the connection to ns1 was lost: the host sent more than ${kilobytes} kB; what came of it, verify tells`
  assert.equal(
    pushed.map(({ zone, outcome }) => [zone, outcome.kind, outcome.kind === 'failed' ? outcome.why : '']),
    [
      ['one.test', 'failed', lost],
      ['two.test', 'failed', lost],
      ['three.test', 'done', ''],
    ],
  )
})

test.run()
