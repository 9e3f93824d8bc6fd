// How far apt is, from its own lines, and nothing from lines that only look like them.
import * as assert from 'uvu/assert'
import { packageProgress } from '../../../../src/report/run/package-progress.ts'
import { longChanges } from '../../../../src/report/run/long-changes.ts'
import { suite } from '../../../suite.ts'

const test = suite('report/package-progress')

/** As apt-get 2.6 and dpkg 1.21 print it. */
const LINES: readonly (readonly [line: string, says: string | undefined])[] = [
  ['Reading package lists...', undefined],
  ['1 upgraded, 1 newly installed, 1 to remove and 3 not upgraded.', undefined],
  [
    'Get:1 http://deb.debian.org/debian bookworm/main amd64 libopendkim11 amd64 2.11.0~beta2-8 [70.1 kB]',
    'fetching libopendkim11, 1 of 2',
  ],
  ['Get:2 file:/srv/repository ./ opendkim 2.11.0 [90.4 kB]', 'fetching opendkim, 2 of 2'],
  ['Fetched 100 kB in 0s (1,000 kB/s)', undefined],
  ['Removing rspamd (3.4-1) ...', 'removing rspamd'],
  ['(Reading database ... 10798 files and directories currently installed.)', 'removing rspamd'],
  ['Unpacking libopendkim11:amd64 (2.11.0~beta2-8) ...', 'unpacking libopendkim11, 1 of 2'],
  ['Preparing to unpack .../opendkim_2.11.0_amd64.deb ...', 'unpacking libopendkim11, 1 of 2'],
  ['Unpacking opendkim (2.11.0) over (2.10.3) ...', 'unpacking opendkim, 2 of 2'],
  ['Setting up libopendkim11:amd64 (2.11.0~beta2-8) ...', 'setting up libopendkim11, 1 of 2'],
  ['opendkim.service is a disabled unit', undefined],
  ['Setting up opendkim (2.11.0) ...', 'setting up opendkim, 2 of 2'],
  ['Setting up more-than-was-said (1) ...', 'setting up more-than-was-said'],
  ['Processing triggers for libc-bin (2.36-9) ...', 'triggers of libc-bin'],
]

test('each step of each package is counted', () => {
  const progress = packageProgress()
  for (const [line, says] of LINES) assert.is(progress.read(line), says, line)
})

test('without a count of packages none is said; what is no name of a package is no progress', () => {
  const progress = packageProgress()
  assert.is(progress.read('Setting up postfix (3.7.11) ...'), 'setting up postfix')
  for (const line of ['Setting up \u001b[2J (1) ...', `Unpacking ${'a'.repeat(100)} (1) ...`, 'Unpacking ../x (1) ...'])
    assert.is(progress.read(line), undefined, line)
})

test('a change that takes long is told where nobody sees live lines: what it is at, and for how long', () => {
  let now = 0
  const changes = longChanges(() => now)
  const start = (host: string): void =>
    changes.see({ kind: 'change-start', host, task: 'postfix', type: 'apt', summary: 'install postfix' })
  start('mx1')
  now = 20_000
  start('mx2')
  assert.is(changes.line(), undefined)
  now = 31_000
  assert.is(changes.line(), 'mx1: apt postfix: install postfix, for 31.0 s now')
  changes.see({ kind: 'change-output', host: 'mx1', task: 'postfix', line: 'Setting up postfix (3.7.11) ...' })
  now = 125_000
  assert.is(
    changes.line(),
    'mx1: apt postfix: install postfix: setting up postfix, for 2 min 5 s now (and 1 other host)',
  )
  changes.see({ kind: 'change-output', host: 'mx1', task: 'postfix', line: `half\r\u001b[2J${'x'.repeat(500)}` })
  assert.ok(changes.line()!.length < 200)
  assert.not.match(changes.line()!, '\u001b')
  for (const host of ['mx1', 'mx2'])
    changes.see({ kind: 'change-end', host, task: 'postfix', type: 'apt', summary: 'install postfix', code: 0 })
  assert.is(changes.line(), undefined)
})

test.run()
