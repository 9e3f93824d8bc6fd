// mailrun rotate before any host is touched: what it refuses, and its help.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Project } from './mailrun.ts'

const test = suite('cli/rotate')
let here: Project
test.before(() => {
  here = project({
    'inventory.yaml':
      'mail:\n  vars:\n    domains: [example.org]\n    dns: { key_file: none.key }\n' +
      '  hosts:\n    mx1:\n    mx2:\n' +
      'web:\n  hosts:\n    www1:\n',
    'short.yaml': 'mail:\n  vars:\n    dkim_rotation: { drain: 5d }\n',
    'typo.yaml': 'mail:\n  vars:\n    dkim_rotation: { drains: 5 }\n',
  })
})
test.after(() => here.remove())

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a host that is none of the fleet',
    ['--compromised', 'mx9'],
    /^mailrun: --compromised: "mx9" is no host that signs mail here: it has mx1, mx2$/m,
  ],
  ['a host that signs nothing', ['--compromised', 'www1'], /"www1" is no host that signs mail here/],
  [
    'a host that --limit leaves out',
    ['--compromised', 'mx2', '-l', 'mx1'],
    /"mx2" is no host that signs mail here: it has mx1$/m,
  ],
  [
    "a domain that is nobody's",
    ['--domain', 'example.net'],
    /^mailrun: --domain: "example\.net" is no domain of these hosts: they have example\.org$/m,
  ],
  [
    'a time that is none',
    ['-i', 'short.yaml'],
    /short\.yaml:3: .*var dkim_rotation\[drain\]: a number of seconds is wanted, got "5d"/,
  ],
  ['an entry that is none', ['-i', 'typo.yaml'], /typo\.yaml:3: .*dkim_rotation/],
  ['a time to wait that is none', ['--wait', 'long'], /wanted seconds, a whole number/],
]
for (const [what, words, message] of REFUSED) {
  test(`${what} is refused, with exit status 1`, async () => {
    const { code, stdout, stderr } = await here.mailrun('rotate', '-i', 'inventory.yaml', ...words)
    assert.is(code, 1, stdout)
    assert.match(stderr, message)
  })
}

test('its help says what each exit status means', async () => {
  const { code, stdout } = await here.mailrun('rotate', '--help')
  assert.is(code, 0)
  for (const part of ['mailrun rotate -i <inventory>', '--compromised <host>', '  6  something is waited for'])
    assert.match(stdout, part)
})

test.run()
