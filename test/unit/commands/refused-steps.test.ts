// A rotation on a host that would refuse it: what is reported beforehand.
import * as assert from 'uvu/assert'
import type { NextSteps } from '../../../src/mail/rotation/steps.ts'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { refusedSteps } from '../../../src/commands/rotate/refused-steps.ts'
import { switchGuard } from '../../../src/signers/opendkim/kept/switch-guard.ts'
import { suite } from '../../suite.ts'

const test = suite('rotate: hosts that refuse')

const NEXT_STEPS: NextSteps = {
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
  const { keys } = refusedSteps(NEXT_STEPS, WHY)
  assert.equal(
    keys.map(({ step, wait }) => step?.kind ?? (wait?.kind === 'blocked' ? wait.why : 'nothing')),
    ['nothing', `nothing is changed there: ${WHY}`, 'revoke'],
  )
  assert.equal(refusedSteps(NEXT_STEPS, undefined), NEXT_STEPS)
})

test('a rotation that is due does not begin', () => {
  const { keys, begin, due } = refusedSteps(
    {
      ...NEXT_STEPS,
      keys: NEXT_STEPS.keys.slice(0, 1),
      begin: { kind: 'begin', former: undefined },
      due: 'by --start',
    },
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
  const text = (is: string) => ({ kind: 'text', text: is }) as const
  const at = (path: string) => ({ path, owner: 'root', group: 'root', mode: '0755' })
  const signing: Signing = {
    domain: 'a.example',
    selector: 'mail',
    path: '/k/a',
    inUse: true,
    key: { kind: 'key', owner: 'root', group: 'root', mode: '0600', publicKey: 'MIIB' },
    directories: [at('/'), at('/k')],
    groups: [],
  }
  const guard = switchGuard(
    { domains: ['a.example'] },
    { domains: ['a.example'], selector: 'mx1', directory: '/etc/dkimkeys' },
  )
  const reported = (signs: string): string => {
    const files = Object.entries({
      '/etc/opendkim.conf': text('Socket local:/x\nKeyTable /t/k\nSigningTable /t/s\n'),
      '/t/k': text('a a.example:mail:/k/a\n'),
      '/t/s': text(signs),
    })
    const setup = { installed: true, runs: true, ours: false, gone: [], words: [], files }
    const parts = [[signing], setup].map((part) => ({ code: 0, stdout: JSON.stringify(part), stderr: '' }))
    return guard.parse(partsAnswer(parts))
  }
  assert.match(reported('a.example a\nb.example a\n'), /\*@b\.example: d=a\.example s=mail/)
  assert.match(reported('a.example a\n'), /run playbooks\/dkim\.ts first/)
})

test.run()
