// A backend that cannot compare a set with what was read: mailrun asks the primary once more, right before each push.
import type { Answer } from 'dns-packet'
import * as assert from 'uvu/assert'
import type { LocalUpdater } from '../../../../src/dns/backends/backend.ts'
import { txtRdata } from '../../../../src/dns/lookup/rrset.ts'
import { wantedChange, type RrsetChange } from '../../../../src/dns/plan/wanted-change.ts'
import { pushDns, type ZonePush } from '../../../../src/dns/push/push-dns.ts'
import type { MailRecord } from '../../../../src/mail/records/dns-record.ts'
import { honestNameServer } from '../../../honest-name-server.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/backends: guard')

const ZONE = 'example.org'
const dmarc = (value: string): MailRecord => ({
  name: `_dmarc.${ZONE}`,
  type: 'TXT',
  ttl: 60,
  value,
  purpose: 'dmarc',
  domain: ZONE,
  publishedBy: 'fleet',
  why: [],
})
const spf: MailRecord = { ...dmarc('v=spf1 -all'), name: ZONE, purpose: 'spf' }
const served: Answer[] = []
let server: Awaited<ReturnType<typeof honestNameServer>>
test.before(async () => {
  server = await honestNameServer(ZONE, served)
})
test.after(() => server.close())
test.before.each(() => void served.splice(0, Infinity, txt(`_dmarc.${ZONE}`, 'v=DMARC1; p=none')))

const txt = (name: string, data: string): Answer => ({ type: 'TXT', name, ttl: 60, data })

async function pushed(changes: readonly RrsetChange[], guard: 'look-before' | 'compare-and-set', primary = true) {
  const sent: string[] = []
  const updater: LocalUpdater = {
    push(those) {
      sent.push(...those.map(({ owner }) => owner))
      return Promise.resolve(those.map(() => ({ kind: 'done' as const })))
    },
  }
  const ns1 = { name: 'ns1', addresses: [server] }
  const push: ZonePush = {
    zone: { zone: ZONE, servers: [ns1], primary: primary ? ns1 : undefined, negativeTtl: 60, faults: [] },
    changes,
    by: { kind: 'local', updater, guard },
  }
  const outcomes = await pushDns(
    [push],
    () => Promise.reject(new Error('no host is needed')),
    new AbortController().signal,
  )
  return {
    sent,
    outcomes: outcomes.map(({ outcome }) => (outcome.kind === 'done' ? 'done' : `${outcome.kind} ${outcome.why}`)),
  }
}

const CHANGES = [
  wantedChange(dmarc('v=DMARC1; p=reject'), { ttl: 60, rdata: [txtRdata([Buffer.from('v=DMARC1; p=none')])] })!,
  wantedChange(spf, undefined)!,
]

test('what is as it was read is pushed', async () => {
  assert.equal(await pushed(CHANGES, 'look-before'), {
    sent: ['_dmarc.example.org.', 'example.org.'],
    outcomes: ['done', 'done'],
  })
})

test('what somebody changed, or made, since it was read is left alone; the other goes on', async () => {
  served.splice(0, 1, txt(`_dmarc.${ZONE}`, 'v=DMARC1; p=quarantine'))
  const changed = await pushed(CHANGES, 'look-before')
  assert.equal([changed.sent, changed.outcomes[1]], [['example.org.'], 'done'])
  assert.match(changed.outcomes[0]!, /^outdated .*plan again/)
  served.splice(0, Infinity, txt(`_dmarc.${ZONE}`, 'v=DMARC1; p=none'), txt(ZONE, 'site=1'))
  const made = await pushed(CHANGES, 'look-before')
  assert.equal([made.sent, made.outcomes[0]], [['_dmarc.example.org.'], 'done'])
  assert.match(made.outcomes[1]!, /^outdated /)
})

test('another TTL is a change, too', async () => {
  served.splice(0, 1, { ...txt(`_dmarc.${ZONE}`, 'v=DMARC1; p=none'), ttl: 61 } as Answer)
  assert.match((await pushed(CHANGES, 'look-before')).outcomes[0]!, /^outdated /)
})

test('where nobody can be asked, nothing is pushed', async () => {
  const { sent, outcomes } = await pushed(CHANGES, 'look-before', false)
  assert.equal(sent, [])
  assert.match(outcomes[0]!, /^failed example\.org: .*set dns\.primary/)
})

test('a backend that compares by itself is given all at once, and nobody is asked', async () => {
  served.splice(0, Infinity)
  assert.equal((await pushed(CHANGES, 'compare-and-set')).outcomes, ['done', 'done'])
})

test.run()
