// Profiles of hosts that others set up are whole, and their scripts are shell.
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { SMALL_CASES } from '../../brownfield/cases.ts'
import { PROFILES } from '../../brownfield/profiles.ts'
import { withProfiles } from '../../pages/profiles.ts'
import { suite } from '../../suite.ts'

const test = suite('profiles of hosts that others set up')
const ALL = [...PROFILES, ...SMALL_CASES]

test('each has a name of its own, and says where its steps are from', () => {
  const names = ALL.map(({ name }) => name)
  assert.equal([...new Set(names)], names)
  for (const { name, source, about, senders, ways } of ALL) {
    assert.ok(source !== '' && about !== '', name)
    assert.ok(senders.length > 0 && ways.length > 0, name)
  }
})

test('the keys in use are of domains that the inventory names', () => {
  for (const { name, keys, vars } of ALL)
    for (const { domain } of keys) assert.ok(vars.domains.includes(domain), `${name}: ${domain}`)
})

test('every script is one that dash reads', () => {
  for (const { setup } of ALL) execFileSync('dash', ['-n'], { input: setup, stdio: ['pipe', 'pipe', 'inherit'] })
})

test('the table has a row for each', () => {
  const page = withProfiles('a\n<!-- profiles: written by npm run docs -->\n<!-- end of profiles -->\n', PROFILES)
  for (const { name, source } of PROFILES) {
    assert.match(page, `\`${name}\``)
    assert.match(page, source)
  }
  assert.throws(() => withProfiles('', []), /are wanted/)
})

test.run()
