// debianAlternative: what it makes of the host's answer, and what it does about it.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { debianAlternative, type DebianAlternativeState } from '../../../scripts/task-template.ts'
import { suite } from '../../suite.ts'

const test = suite('debianAlternative')

const ARGS = { alternative: 'pager', path: '/usr/bin/less' }
const ANSWER = `Name: pager
Link: /usr/bin/pager
Status: auto
Best: /usr/bin/less
Value: /usr/bin/less

Alternative: /bin/more
Priority: 50

Alternative: /usr/bin/less
Priority: 77
`

const answered = (stdout: string): DebianAlternativeState | undefined =>
  debianAlternative(ARGS).probe.parse({ code: 0, stdout: `${stdout}\0end`, stderr: '' })

test('the answer of update-alternatives is read', () => {
  assert.equal(answered(ANSWER), { value: '/usr/bin/less', choices: ['/bin/more', '/usr/bin/less'] })
  assert.is(answered(''), undefined)
})

test('an answer that was cut short is an error', () => {
  const { parse } = debianAlternative(ARGS).probe
  assert.throws(() => parse({ code: 1, stdout: ANSWER, stderr: '' }), /the alternative pager cannot be asked for/)
})

const CASES: readonly (readonly [
  what: string,
  now: DebianAlternativeState | undefined,
  expect: readonly string[] | { readonly blocked: string },
])[] = [
  ['the program that is wanted', answered(ANSWER), []],
  ['another program', { value: '/bin/more', choices: ['/bin/more', '/usr/bin/less'] }, ['/bin/more → /usr/bin/less']],
  ['a program that is not registered', { value: '/bin/more', choices: ['/bin/more'] }, { blocked: 'give one of' }],
  ['no such name', undefined, { blocked: 'install a package' }],
]
for (const [what, now, expect] of CASES) test(what, () => checkCase(debianAlternative, { args: ARGS, now, expect }))

test('arguments that cannot be are refused', () => {
  assert.throws(() => debianAlternative({ ...ARGS, alternative: '-x' }), /alternative must be a name/)
  assert.throws(() => debianAlternative({ ...ARGS, path: 'less' }), /path must be absolute/)
})

test.run()
