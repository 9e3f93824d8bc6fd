// A rotation on a host that would refuse it: what is told beforehand.
import * as assert from 'uvu/assert'
import type { Outlook } from '../../../src/mail/rotation/steps.ts'
import { rotationSettings } from '../../../src/mail/rotation/settings.ts'
import type { HostResult } from '../../../src/model/run-event.ts'
import { historyOutput } from '../../../src/commands/mail-fleet/mail-member.ts'
import { toldBy } from '../../../src/commands/rotate/ask-hosts.ts'
import { refusedOutlook } from '../../../src/commands/rotate/refused-outlook.ts'
import { suite } from '../../suite.ts'

const test = suite('rotate: hosts that refuse')

const OUTLOOK: Outlook = {
  host: 'mx1',
  domain: 'a.example',
  now: 0,
  keys: [
    { selector: 'mail', state: 'active', since: 0 },
    { selector: 'new', state: 'propagated', since: 0, step: { kind: 'activate', selector: 'new', former: ['mail'] } },
    { selector: 'old', state: 'revoking', since: 0, step: { kind: 'revoke', selector: 'old' } },
  ],
  notes: [],
}
const WHY = 'mail of b.example would leave unsigned'

test('what changes the host waits for its owner; what DNS alone does goes on', () => {
  const { keys } = refusedOutlook(OUTLOOK, WHY)
  assert.equal(
    keys.map(({ step, wait }) => step?.kind ?? (wait?.kind === 'blocked' ? wait.why : 'nothing')),
    ['nothing', `nothing is changed there: ${WHY}`, 'revoke'],
  )
  assert.equal(refusedOutlook(OUTLOOK, undefined), OUTLOOK)
})

test('a rotation that is due does not begin', () => {
  const { keys, begin, due } = refusedOutlook(
    { ...OUTLOOK, keys: OUTLOOK.keys.slice(0, 1), begin: { kind: 'begin', former: undefined }, due: 'by --start' },
    WHY,
  )
  assert.equal([begin, due], [undefined, undefined])
  const [key] = keys
  assert.is(
    key?.wait?.kind === 'blocked' ? key.wait.why : '',
    `a new key is due (by --start), and nothing is changed there: ${WHY}`,
  )
})

test('what the guard says is known from what the host tells', () => {
  const domain = 'a.example'
  const text = (is: string) => ({ kind: 'text', text: is })
  const files = {
    '/etc/opendkim.conf': 'Socket local:/x\nKeyTable /t/k\nSigningTable /t/s\n',
    '/t/k': 'a a.example:mail:/k/a\n',
    '/t/s': 'a.example a\nb.example a\n',
  }
  const told = (signs: string) =>
    toldBy(
      {
        name: 'mx1',
        status: 'ok',
        outputs: {
          signing: [{ domain, selector: 'mail', path: '/k/a', inUse: true, key: { kind: 'key', publicKey: 'MIIB' } }],
          setup: {
            installed: true,
            runs: true,
            ours: false,
            gone: [],
            sources: {
              words: [],
              files: new Map(Object.entries({ ...files, '/t/s': signs }).map(([path, is]) => [path, text(is)])),
            },
          },
          keys: { now: 0, keys: [] },
          [historyOutput(domain)]: { kind: 'history', marks: [] },
        },
      } as unknown as HostResult,
      {
        name: 'mx1',
        domains: [domain],
        own: { domains: [domain], first: 'mx1', further: [], others: [] },
        settings: rotationSettings({}),
        ttl: 3600,
        keep: { domains: [domain] },
      },
      0,
    ).evidence[0]?.obstacle ?? ''
  assert.match(told(files['/t/s']), /\*@b\.example: d=a\.example s=mail/)
  assert.match(told('a.example a\n'), /run playbooks\/dkim\.ts first/)
})

test.run()
