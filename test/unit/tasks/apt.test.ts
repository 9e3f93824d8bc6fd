// apt on what dpkg and apt answer: holds, virtual and foreign packages, broken ones, lists that are too old.
import * as assert from 'uvu/assert'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import { packagesProbe, type PackagesState } from '../../../src/resources/apt/deb-package.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { apt } from '../../../tasks/apt.ts'
import { suite } from '../../suite.ts'

const test = suite('apt')

/** What dpkg lists of these, and what apt's lists are. */
function asked(
  names: readonly string[],
  listed: readonly string[],
  lists?: { readonly age: number; readonly policy: string },
): PackagesState {
  const probe = packagesProbe(names, lists && { validSeconds: 3600 })
  if (!('family' in probe.question)) throw new Error('packages are a family')
  const { family, item } = probe.question
  const stdout = [
    ...['dpkg\tamd64\tii \t1.21.22\t', ...listed].map((line) => `${line}\n`),
    '\n',
    'whole\n',
    lists === undefined ? 'none\n' : `2000000\n${2000000 - lists.age}\n\n${lists.policy}`,
    '\0end',
  ].join('')
  return probe.parse(family.split({ code: 0, stdout, stderr: '' }, [item])[0]!)
}
const policy = (name: string, is: string, candidate: string): string =>
  `${name}:\n  Installed: ${is}\n  Candidate: ${candidate}\n  Version table:\n`
const canary = (state: string, version = '1.0'): string => `mailrun-canary\tall\t${state}\t${version}\t`
const fresh = { age: 60, policy: policy('mailrun-canary', '1.0', '2.0') }
const old = { age: 7200, policy: policy('mailrun-canary', '1.0', '1.0') }
const LATEST = { packages: ['mailrun-canary'], state: 'latest' } as const
const summary = (args: Parameters<typeof apt>[0], now: PackagesState): string => {
  const plan = planOf(apt(args), now, {})
  return plan.kind === 'change' ? plan.changes[0]!.summary : plan.kind
}
const script = (args: Parameters<typeof apt>[0], now: PackagesState): string => {
  const plan = planOf(apt(args), now, {})
  return plan.kind === 'change' ? plan.changes[0]!.apply.text : ''
}

test('latest by lists that are not old', () => {
  checkCase(apt, {
    args: LATEST,
    now: asked(['mailrun-canary'], [canary('ii ')], fresh),
    expect: ['upgrade mailrun-canary 1.0 → 2.0'],
  })
  checkCase(apt, { args: LATEST, now: asked(['mailrun-canary'], [canary('ii ', '2.0')], fresh), expect: [] })
})

test('asked a second later the answer is the same, whatever the clock says, until the lists are too old', () => {
  const at = (age: number): PackagesState => asked(['mailrun-canary'], [canary('ii ')], { ...fresh, age })
  assert.equal(at(60), at(61))
  assert.equal([at(3600).listsAreOld, at(3601).listsAreOld, at(-1).listsAreOld], [false, true, true])
})

test(
  'latest by lists that are too old: whether there is a newer one is reported by nobody yet, ' +
    'and it is looked for and installed by one change',
  () => {
    const now = asked(['mailrun-canary'], [canary('ii ')], old)
    checkCase(apt, {
      args: LATEST,
      now,
      expect: ['fetch the package lists, upgrade mailrun-canary where they know a newer version'],
    })
    const plan = planOf(apt(LATEST), now, {})
    assert.ok(plan.kind === 'change' && plan.perhaps !== undefined)
    assert.equal(plan.then.packages.get('mailrun-canary'), { kind: 'installed', version: UNKNOWN })
    assert.match(script(LATEST, now), /install -- mailrun-canary$/)
    const both = { packages: ['mailrun-canary', 'mailrun-slow'], state: 'latest' } as const
    const certain = planOf(apt(both), asked(both.packages, [canary('ii ')], old), {})
    assert.ok(certain.kind === 'change' && certain.perhaps === undefined, 'one of them is missing: that is certain')
  },
)

test('a held package stays as it is, in words, or is refused to be changed, unless that is allowed', () => {
  const held = asked(['mailrun-canary'], [canary('hi ')], fresh)
  checkCase(apt, { args: LATEST, now: held, expect: [] })
  assert.equal(planOf(apt(LATEST), held, {}), { kind: 'ok', note: 'mailrun-canary is held and left as it is' })
  checkCase(apt, { args: LATEST, now: asked(['mailrun-canary'], [canary('hi ')], old), expect: [] })
  checkCase(apt, {
    args: { packages: ['mailrun-canary', 'mailrun-slow'], state: 'latest' },
    now: asked(['mailrun-canary', 'mailrun-slow'], [canary('hi ')], fresh),
    expect: ['install mailrun-slow, mailrun-canary is held and left as it is'],
  })
  checkCase(apt, { args: { packages: ['mailrun-canary'] }, now: held, expect: [] })
  checkCase(apt, {
    args: { packages: [{ name: 'mailrun-canary', version: '2.0' }] },
    now: held,
    expect: { blocked: 'mailrun-canary is held: release it (apt-mark unhold mailrun-canary), or say allowHeld: true' },
  })
  checkCase(apt, {
    args: { packages: ['mailrun-canary'], state: 'absent' },
    now: held,
    expect: { blocked: 'mailrun-canary is held' },
  })
  checkCase(apt, {
    args: { packages: ['mailrun-canary'], state: 'absent', allowHeld: true },
    now: held,
    expect: ['remove mailrun-canary'],
  })
  const allowed = { packages: [{ name: 'mailrun-canary', version: '2.0' }], allowHeld: true } as const
  checkCase(apt, { args: allowed, now: held, expect: ['upgrade mailrun-canary 1.0 → 2.0'] })
  assert.match(script(allowed, held), /--allow-change-held-packages .*\napt-mark -q hold -- mailrun-canary$/)
})

test('downgrades are allowed where a version is named, only', () => {
  const now = asked(['mailrun-canary'], [canary('ii ')], fresh)
  assert.not.match(script(LATEST, now), /allow-downgrades|allow-change-held/)
  assert.match(script({ packages: [{ name: 'mailrun-canary', version: '0.9' }] }, now), /--allow-downgrades/)
})

test('what an installed package provides is there; what none provides is left to apt', () => {
  const args = { packages: ['mail-transport-agent'] }
  checkCase(apt, {
    args,
    now: asked(args.packages, [
      'postfix\tamd64\tii \t3.7.11\tmail-transport-agent, smtpd (= 3)',
      'exim4\tall\tun \t\tmail-transport-agent',
    ]),
    expect: [],
  })
  checkCase(apt, {
    args,
    now: asked(args.packages, ['postfix\tamd64\trc \t3.7.11\tmail-transport-agent', 'mail-transport-agent\t\tun \t\t']),
    expect: ['install mail-transport-agent'],
  })
  checkCase(apt, {
    args: { ...args, state: 'absent' },
    now: asked(args.packages, ['postfix\tamd64\tii \t3.7.11\tmail-transport-agent']),
    expect: [],
  })
})

test('a name without an architecture means the native one', () => {
  const lines = [
    'libc6\tamd64\tii \t2.36\t',
    'libc6\ti386\trc \t2.35\t',
    'libc6-dev\tamd64\tii \t1\t',
    'zlib1g\ti386\tii \t1\t',
  ]
  const answerTo = (name: string) => asked([name], lines).packages.get(name)
  assert.equal(answerTo('libc6'), { kind: 'installed', version: '2.36' })
  assert.equal(answerTo('libc6:amd64'), { kind: 'installed', version: '2.36' })
  assert.equal(answerTo('libc6:i386'), { kind: 'absent' })
  assert.equal(answerTo('zlib1g'), { kind: 'absent' })
  assert.equal(answerTo('zlib1g:i386'), { kind: 'installed', version: '1' })
  checkCase(apt, { args: { packages: ['zlib1g:i386'] }, now: asked(['zlib1g:i386'], lines), expect: [] })
})

test('a package that must be installed again is', () => {
  const args = { packages: ['mailrun-canary'] }
  const now = asked(args.packages, [canary('iHR')])
  assert.is(summary(args, now), 'repair mailrun-canary')
  assert.match(script(args, now), /--reinstall .*install -- mailrun-canary$/)
  assert.not.match(script(args, asked(args.packages, [canary('iU ')])), /--reinstall/)
})

test('the same name twice is refused, and what is no name', () => {
  assert.throws(
    () => apt({ packages: ['postfix', { name: 'postfix', version: '3' }] }),
    /apt: packages names postfix twice$/,
  )
  assert.throws(() => apt({ packages: ['libc6:'] }), /no name of a Debian package/)
})

test('a host without dpkg is reported', () => {
  const probe = packagesProbe(['postfix'], undefined)
  assert.throws(
    () =>
      'family' in probe.question &&
      probe.question.family.split({ code: 0, stdout: '\nwhole\nnone\n', stderr: 'sh: 1: dpkg-query: not found' }, [
        probe.question.item,
      ]),
    /dpkg cannot be asked: sh: 1: dpkg-query: not found/,
  )
})

test.run()
