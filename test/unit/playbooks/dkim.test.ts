// playbooks/dkim.ts before any host is touched: its vars, each error with its line, and selectors over the whole fleet.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Ended, type Project } from '../cli/mailrun.ts'
import { refusal } from '../playbook/refusal.ts'

const test = suite('playbooks/dkim.ts')
let here: Project
test.before(() => {
  here = project({})
})
test.after(() => here.remove())

const DKIM = join(ROOT, 'playbooks/dkim.ts')

/** `--list-tasks` does all that comes before the first connection. */
async function listed(inventory: string, ...words: readonly string[]): Promise<Ended> {
  writeFileSync(join(here.folder, 'inventory.yaml'), inventory)
  return here.mailrun(DKIM, '-i', 'inventory.yaml', '--list-tasks', ...words)
}
const fleet = (hosts: string, vars = 'domains: [example.org]'): string =>
  `mail:\n  vars:\n    ${vars}\n  hosts:\n${hosts}`

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'no domains at all',
    'mail:\n  hosts:\n    mx1:\n',
    /inventory\.yaml:3: host mx1: the var domains is missing: set it for the host or one of its groups$/m,
  ],
  [
    'domains as a text',
    fleet('    mx1:\n', 'domains: example.org'),
    /inventory\.yaml:3: host mx1: var domains: a list of domains is wanted/,
  ],
  ['an empty list', fleet('    mx1:\n', 'domains: []'), /inventory\.yaml:3: .*at least one domain/],
  [
    'a domain that runs something',
    fleet('    mx1:\n', 'domains: ["$(touch /x).example"]'),
    /inventory\.yaml:3: .*domains\[0\]: a domain name is wanted, such as example\.org; got "\$\(touch/,
  ],
  [
    'a domain with a quote',
    fleet('    mx1:\n', `domains: [good.example, "it's.example"]`),
    /domains\[1\]: a domain name is wanted/,
  ],
  [
    'a domain that leaves its directory',
    fleet('    mx1:\n', 'domains: [../../etc.example]'),
    /a domain name is wanted/,
  ],
  ['a domain with a newline', fleet('    mx1:\n', 'domains: ["a\\nb.example"]'), /a domain name is wanted/],
  ['a domain that is an option', fleet('    mx1:\n', 'domains: ["-rf.example"]'), /a domain name is wanted/],
  [
    'a selector that YAML reads as a number',
    fleet('    mx1: { dkim_selector: 202411 }\n'),
    pattern(
      /inventory\.yaml:5: host mx1: var dkim_selector: a DKIM selector is wanted, got 202411: /m,
      /quote it, for YAML reads it as a number$/m,
    ),
  ],
  [
    'a selector that YAML reads as a boolean',
    fleet('    mx1: { dkim_selector: no }\n'),
    /var dkim_selector: a DKIM selector is wanted, got false: quote it, for YAML reads it as true or false$/m,
  ],
  [
    'a number in quotes',
    fleet('    mx1: { dkim_bits: "2048" }\n'),
    /var dkim_bits: 1024, 2048, 3072 or 4096 is wanted, got "2048": without quotes, it is to be a number$/m,
  ],
  [
    'a text where a list is wanted',
    fleet('    mx1: { trusted_hosts: 10.0.0.1 }\n'),
    /var trusted_hosts: a list is wanted, got "10\.0\.0\.1": a list is written \[10\.0\.0\.1\]$/m,
  ],
  [
    'a list in quotes',
    fleet('    mx1:\n', `domains: '["a.example"]'`),
    /var domains: a list of domains is wanted, got .*: write \["a\.example"\], with no quotes around it$/m,
  ],
  [
    'a selector that is no label',
    fleet('    mx1: { dkim_selector: "A B" }\n'),
    /inventory\.yaml:5: host mx1: var dkim_selector: a DKIM selector is wanted/,
  ],
  [
    'a key too short',
    fleet('    mx1: { dkim_bits: 512 }\n'),
    /inventory\.yaml:5: .*dkim_bits: 1024, 2048, 3072 or 4096 is wanted/,
  ],
  [
    'a socket elsewhere',
    fleet('    mx1: { opendkim_socket: "inet:8892@192.0.2.1" }\n'),
    /opendkim_socket: a socket of OpenDKIM is wanted/,
  ],
  [
    'a port that is none',
    fleet('    mx1: { opendkim_socket: "inet:99999@localhost" }\n'),
    /opendkim_socket: a port from 1 to 65535/,
  ],
  ...[
    'local:/tmp/opendkim.sock',
    'local:/var/spool/postfix/opendkim.sock',
    'local:/var/spool/postfix/private/opendkim',
    'local:/opendkim.sock',
    'local:/run/opendkim/opendkim.sock',
    'local:/var/spool/postfix/x/../private/y',
  ].map(
    (socket) =>
      [
        `the socket ${socket}`,
        fleet(`    mx1: { opendkim_socket: "${socket}" }\n`),
        pattern(
          /inventory\.yaml:5: .*opendkim_socket: /,
          /a socket in a directory of its own below \/var\/spool\/postfix is wanted/,
        ),
      ] as const,
  ),
  [
    'an action that is none',
    fleet('    mx1: { milter_default_action: ignore }\n'),
    /accept, tempfail, reject or quarantine is wanted/,
  ],
  [
    'a mistyped var',
    fleet('    mx1: { dkim_selecter: a }\n'),
    /inventory\.yaml:5: host mx1: the playbook has no var dkim_selecter: did you mean dkim_selector/,
  ],
  [
    'a name that gives no selector',
    fleet('    mx_1:\n'),
    /host mx_1: its name gives no DKIM selector .*set dkim_selector/,
  ],
  [
    'an address that gives no selector',
    fleet('    192.0.2.1:\n'),
    /host 192\.0\.2\.1: its name gives no DKIM selector .*set dkim_selector/,
  ],
  [
    'a domain twice',
    fleet('    mx1:\n', 'domains: [a.example, A.example]'),
    /inventory\.yaml:3: host mx1: var domains: each domain once is wanted; a\.example is there twice/,
  ],
  [
    'two hosts with one selector',
    fleet('    mx1.a.example:\n    mx1.b.example:\n'),
    /host mx1\.b\.example: selector mx1 of example\.org is that of mx1\.a\.example already/,
  ],
  [
    'two hosts with one selector that was set',
    fleet('    mx1:\n    mx2: { dkim_selector: mx1 }\n'),
    /inventory\.yaml:6: host mx2: selector mx1 of example\.org is that of mx1 already/,
  ],
]
for (const [what, inventory, message] of REFUSED) {
  test(`${what} is refused`, async () => {
    const at = join(here.folder, 'inventory.yaml')
    writeFileSync(at, inventory)
    assert.match(await refusal(DKIM, at), message)
  })
}

test('a refusal goes to standard error, with exit status 1', async () => {
  const { code, stderr } = await listed('mail:\n  hosts:\n    mx1:\n')
  assert.is(code, 1)
  assert.match(stderr, /^mailrun: inventory\.yaml:3: host mx1: the var domains is missing/)
})

test('selectors collide over the whole inventory, whatever --limit says', async () => {
  const { code, stderr } = await listed(fleet('    mx1.a.example:\n    mx1.b.example:\n'), '--limit', 'mx1.b.example')
  assert.is(code, 1)
  assert.match(stderr, /selector mx1 of example\.org/)
})

test('one selector for different domains is no collision; nor is the seed\'s "default" on one host', async () => {
  assert.is(
    (
      await listed(
        'mail:\n  hosts:\n    mx1.a.example: { domains: [a.example] }\n    mx1.b.example: { domains: [b.example] }\n',
      )
    ).code,
    0,
  )
  assert.is((await listed(fleet('    mx1: { dkim_selector: default }\n'))).code, 0)
})

test('all that is wrong is reported at once, the same of many hosts once', async () => {
  const { stderr } = await listed(
    fleet('    mx1: { dkim_bits: 1 }\n    mx2: { dkim_bits: 2 }\n    mx3:\n', 'domains: nope'),
  )
  assert.is(stderr.trim().split('\n').length, 3, stderr)
  assert.match(stderr, /hosts mx1, mx2, mx3: var domains/)
})

test('--extra-vars win, and are typed as they must be', async () => {
  const { code, stdout } = await listed(
    fleet('    mx1:\n'),
    '-e',
    'dkim_selector=one',
    '-e',
    '{"domains": ["b.example"]}',
  )
  assert.is(code, 0)
  assert.match(stdout, 'dkimKey one._domainkey.b.example')
  assert.is((await listed(fleet('    mx1:\n'), '-e', 'dkim_bits=4096')).code, 0)
  const wrong = await listed(fleet('    mx1:\n'), '-e', 'dkim_bits=many')
  assert.match(wrong.stderr, /--extra-vars: host mx1: var dkim_bits/)
})

test('bounces are let to the milters where the name of the host is in a domain that it signs for', async () => {
  const tasks = async (hosts: string): Promise<string> => (await listed(fleet(hosts))).stdout
  assert.match(await tasks('    mx1.example.org:\n'), 'postfixParameter internal_mail_filter_classes')
  assert.match(await tasks('    mx1: { fqdn: mx1.example.org }\n'), 'postfixParameter internal_mail_filter_classes')
  for (const host of [
    'mx1',
    'mx1.example.net',
    'mx1.example.org: { sign_bounces: false }',
    'mx1.example.org: { sign_host_name: false }',
  ])
    assert.not.match(await tasks(`    ${host}${host.includes(':') ? '' : ':'}\n`), 'internal_mail_filter_classes', host)
})

test('unicode domains are written in A-labels', async () => {
  const { stdout } = await listed(fleet('    mx1:\n', 'domains: [Bücher.example]'))
  assert.match(stdout, 'dkimKey mx1._domainkey.xn--bcher-kva.example')
})

test('an error in JSON is the one document on standard output', async () => {
  const { code, stdout, stderr } = await listed('mail:\n  hosts:\n    mx1:\n', '--format', 'json')
  assert.is(code, 1)
  assert.is(stderr, '')
  assert.match((JSON.parse(stdout) as { error: string }).error, /domains is missing/)
})

test.run()
