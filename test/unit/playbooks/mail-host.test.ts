// playbooks/mail-host.ts before any host is touched: names and aliases that make no sense are refused, with their line.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from '../cli/mailrun.ts'

const test = suite('playbooks/mail-host.ts')
let here: Project
test.before(() => {
  here = project({})
})
test.after(() => here.remove())

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'a short name without fqdn',
    'mx1:',
    /^mailrun: inventory\.yaml:3: host mx1: its name is no full host name: set fqdn/,
  ],
  ['an address as a name', '192.0.2.1:', /host 192\.0\.2\.1: its name is no full host name: set fqdn/],
  [
    'a name with an underscore',
    'mx_1.example.org:',
    /host mx_1\.example\.org: its name is no full host name: set fqdn/,
  ],
  [
    'two hosts with one name',
    'mx1.example.org:\n    mx2.example.org: { fqdn: mx1.example.org }',
    /inventory\.yaml:4: host mx2\.example\.org: mx1\.example\.org is the name of mx1\.example\.org already/,
  ],
  ['a name that is none', 'mx1: { fqdn: "a b" }', /inventory\.yaml:3: host mx1: var fqdn: a domain name is wanted/],
  [
    'an alias with a newline',
    'mx1.example.org: { aliases: { root: "a\\nb: c" } }',
    /inventory\.yaml:3: .*an address or a user is wanted, got/,
  ],
  [
    'an alias that runs something',
    'mx1.example.org: { aliases: { root: "|/bin/sh" } }',
    /inventory\.yaml:3: .*an address or a user is wanted, got/,
  ],
  [
    'aliases that lead to each other',
    'mx1.example.org: { aliases: { root: postmaster, postmaster: [ops, root] } }',
    /inventory\.yaml:3: .*these aliases lead to each other: root → postmaster → root/,
  ],
]
for (const [what, host, message] of REFUSED) {
  test(`${what}: refused, with exit status 1`, async () => {
    writeFileSync(join(here.folder, 'inventory.yaml'), `mail:\n  hosts:\n    ${host}\n`)
    const { code, stdout, stderr } = await here.mailrun(
      join(ROOT, 'playbooks/mail-host.ts'),
      '-i',
      'inventory.yaml',
      '--list-tasks',
    )
    assert.is(code, 1, stdout)
    assert.match(stderr, message)
  })
}

test.run()
