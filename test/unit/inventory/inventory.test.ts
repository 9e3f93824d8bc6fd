// Ansible's inventories: groups, precedence, ranges, addresses; and every mistake reported with its file and line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../../src/inventory/load-inventory.ts'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { selectHosts } from '../../../src/inventory/select-hosts.ts'
import type { Host } from '../../../src/core/fleet/host.ts'
import type { Inventory } from '../../../src/core/fleet/inventory.ts'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'

const test = suite('inventory')
const folder = mkdtempSync(join(tmpdir(), 'mailrun-inventory-'))
test.after(() => rmSync(folder, { recursive: true }))

const noCode = (): Promise<never> => Promise.reject(new Error('no code here'))
const load = (...texts: readonly string[]): Promise<Inventory> => {
  const paths = texts.map((text, index) => {
    const path = join(folder, `${index + 1}.yaml`)
    writeFileSync(path, text)
    return path
  })
  return loadInventory({
    paths,
    playbookFolder: undefined,
    defaults: new Map(),
    extra: new Map(),
    load: noCode,
    keyring: keyringFor({}),
  })
}
const varsOf = ({ vars }: Host): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...vars].map(([key, { value }]) => [key, value]))
const hostOf = (inventory: Inventory, name: string): Host => inventory.hosts.find((host) => host.name === name)!

test('deeper groups override, then later names, then the host; all comes first', async () => {
  const inventory = await load(`
all:
  vars: { a: all, b: all, c: all, d: all }
  children:
    mail:
      vars: { b: mail, c: mail, d: mail }
      children:
        out:
          vars: { c: out, d: out }
          hosts: { mx1: { d: mx1 } }
    zone_a: { vars: { c: zone, e: zone_a }, hosts: { mx1: } }
    zone_b: { vars: { e: zone_b }, hosts: { mx1: } }
`)
  assert.equal(varsOf(hostOf(inventory, 'mx1')), { a: 'all', b: 'mail', c: 'out', d: 'mx1', e: 'zone_b' })
  assert.equal([...hostOf(inventory, 'mx1').groups].sort(), ['mail', 'out', 'zone_a', 'zone_b'])
  assert.equal(inventory.groups.get('mail')?.members, ['mx1'])
})

test('a later file adds to an earlier one, and overrides it', async () => {
  const inventory = await load(
    'mail:\n  hosts: { mx1: , mx2: }\n  vars: { x: 1, y: 1 }\n',
    'mail:\n  vars: { y: 2 }\n  hosts: { mx2: { x: 3 } }\n',
  )
  assert.equal(
    inventory.hosts.map((host) => [host.name, varsOf(host)]),
    [
      ['mx1', { x: 1, y: 2 }],
      ['mx2', { x: 3, y: 2 }],
    ],
  )
})

test('YAML is read as 1.1, as Ansible does', async () => {
  const { hosts } = await load(
    'mail:\n  hosts:\n    mx1: { on_duty: yes, mode: 0644, text: "yes", time: 12:30, n: null }\n',
  )
  assert.equal(varsOf(hosts[0]!), { on_duty: true, mode: 0o644, text: 'yes', time: 750, n: null })
})

test('anchors, aliases and merge keys', async () => {
  const { hosts } = await load('mail:\n  vars: &v { a: 1, b: 2 }\n  hosts:\n    mx1: { <<: *v, b: 3 }\n')
  assert.equal(varsOf(hosts[0]!), { a: 1, b: 3 })
})

test('ranges, with leading zeros and steps', async () => {
  const { hosts } = await load('mail:\n  hosts:\n    mx[08:10].example.org:\n    a[1:5:2]:\n')
  assert.equal(
    hosts.map(({ name }) => name),
    ['mx08.example.org', 'mx09.example.org', 'mx10.example.org', 'a1', 'a3', 'a5'],
  )
})

test('a range is no address in brackets, and may have a port behind it', async () => {
  const { hosts } = await load(
    'mail:\n  hosts:\n    "[1:2]:2222":\n    "[a:b]x[1:2]:23":\n    "[::1]:24":\n    "[mx]:25":\n',
  )
  assert.equal(
    hosts.map(({ name, address: { port } }) => `${name} ${port}`),
    ['1 2222', '2 2222', 'ax1 23', 'ax2 23', 'bx1 23', 'bx2 23', '::1 24', 'mx 25'],
  )
})

test('many groups that are all above each other are read at once', async () => {
  const levels = Array.from({ length: 40 }, (_, level) => {
    const below = `{ children: { a${level + 1}: , b${level + 1}: } }`
    return `a${level}: ${below}\nb${level}: ${below}\n`
  }).join('')
  const { hosts } = await load(`${levels}a40: { hosts: { mx1: } }\n`)
  assert.is(hosts[0]!.groups.length, 81)
})

test('how a host is reached', async () => {
  const { hosts } = await load(`
mail:
  vars: { ansible_user: ops, ansible_become: yes, ansible_python_interpreter: /usr/bin/python3 }
  hosts:
    mx1:
      ansible_host: 192.0.2.1
      ansible_port: "2222"
      ansible_ssh_private_key_file: ~/k
      ansible_become: false
      ansible_become_password: hunter2
    mx2:
`)
  const [first, second] = hosts.map(({ address }) => address)
  assert.equal([first!.address, first!.port, first!.user, first!.become], ['192.0.2.1', 2222, 'ops', undefined])
  assert.match(first!.privateKeyFile!, /^\/.*\/k$/)
  assert.not.match(JSON.stringify(hosts[0]), 'hunter2')
  assert.equal([second!.address, second!.port, second!.user, second!.become?.user], ['mx2', undefined, 'ops', 'root'])
})

/** Lines that are each twice what the line before is. */
const DOUBLED = Array.from({ length: 40 }, (_, index) => {
  const [last, next] = [`a${index}`, `a${index + 1}`]
  return `${next}: &${next} { <<: [*${last}, *${last}] }\n`
})

/** Each with the line of the first file that is to blame. */
const WRONG: readonly (readonly [string, string, number | undefined, RegExp])[] = [
  [
    'a mistyped structural key',
    'mail:\n  hosts:\n    mx1:\n  childern:\n    x:\n',
    4,
    /childern.*did you mean children/,
  ],
  [
    'a group straight below a group',
    'all:\n  mail:\n    hosts:\n      mx1:\n',
    2,
    /a group has hosts, children and vars, got "mail"/,
  ],
  ['hosts as a list', 'mail:\n  hosts:\n    - mx1\n', 3, /hosts of mail must be a mapping, got a list/],
  ['a host that is a text', 'mail:\n  hosts:\n    mx1: yes please\n', 3, /the host mx1 must be a mapping/],
  [
    'a mistyped connection key',
    'mail:\n  hosts:\n    mx1:\n      ansible_hots: a\n',
    4,
    /ansible_hots is not supported: did you mean ansible_host/,
  ],
  [
    'a connection key that is not supported',
    'mail:\n  vars:\n    ansible_winrm_scheme: x\n  hosts:\n    mx1:\n',
    3,
    pattern(
      /ansible_winrm_scheme is not supported: docs\/connections\.md has the ansible_ keys /,
      /that say how a host is reached; a var of your own needs another name$/,
    ),
  ],
  [
    'a port that is none',
    'mail:\n  hosts:\n    mx1:\n      ansible_port: 99999\n',
    4,
    /ansible_port must be a number from 1 to 65535, got 99999/,
  ],
  [
    'a template',
    'mail:\n  vars:\n    a: 1\n    b: "{{ a }}"\n  hosts:\n    mx1:\n',
    4,
    /templates .* are not evaluated/,
  ],
  [
    'a template in a list',
    'mail:\n  vars:\n    b:\n      - "x-{{ a }}"\n  hosts:\n    mx1:\n',
    4,
    /templates .* are not evaluated/,
  ],
  [
    'a template without quotes',
    'mail:\n  hosts:\n    mx1:\n      ansible_host: {{ ip }}\n',
    4,
    /templates .* are not evaluated/,
  ],
  ['a tag on a list', 'mail:\n  vars:\n    a: !foo [b]\n  hosts:\n    mx1:\n', 3, /the tag !foo is not supported/],
  [
    'groups that are children of each other',
    'a: { children: { b: } }\nb: { children: { a: }, hosts: { x: } }\n',
    2,
    /children of each other: (?:a → b → a|b → a → b)/,
  ],
  ['a key twice', 'mail:\n  hosts:\n    mx1:\n    mx2:\n    mx1:\n', 5, /mx1 is here twice: first at .*1\.yaml:3/],
  [
    'a vault',
    'mail:\n  vars:\n    a: !vault |\n      x\n  hosts:\n    mx1:\n',
    undefined,
    /1.yaml:3: Ansible's Vault is not supported: encrypt the value with age/,
  ],
  ['no YAML', 'mail:\n  hosts: [mx1\n', undefined, /this is not YAML/],
  ['two documents', 'mail:\n  hosts:\n    mx1:\n---\nx:\n', undefined, /one YAML document is wanted/],
  ['nothing', '', undefined, /empty|no hosts/],
  ['no hosts', 'mail:\n  vars: { a: 1 }\n', undefined, /the inventory has no hosts/],
  [
    'a range backwards',
    'mail:\n  hosts:\n    mx[3:1]:\n',
    3,
    /the range in mx\[3:1\] makes no sense: its first value is above its last one/,
  ],
  ['a huge range', 'mail:\n  hosts:\n    mx[1:999999999]:\n', 3, /has more than 100000 names/],
  ['a host name with a space', 'mail:\n  hosts:\n    "mx 1":\n', 3, /"mx 1" is no name for a host/],
  ['a host name that runs something', 'mail:\n  hosts:\n    "-oProxyCommand=x":\n', 3, /is no name for a host/],
  [
    'an address that is an option',
    'mail:\n  hosts:\n    mx1:\n      ansible_host: -oProxyCommand=x\n',
    4,
    /ansible_host must be a name or an address/,
  ],
  ['an alias of nothing', 'mail: *m\nweb:\n  hosts:\n    www1:\n', 1, /\*m stands for nothing: no &m comes before it/],
  [
    'an alias of what it is in',
    'mail: &m\n  hosts:\n    mx1:\n  children:\n    web: *m\n',
    5,
    /\*m is a part of itself/,
  ],
  ['a merge of what it is in', 'mail: &m\n  <<: *m\n  hosts:\n    mx1:\n', 2, /\*m is a part of itself/],
  ['a merge of nothing', 'mail:\n  <<:\n  hosts:\n    mx1:\n', 2, /<< takes a mapping/],
  [
    'few lines that stand for millions',
    `a0: &a0 { hosts: { mx1: } }\n${DOUBLED.join('')}`,
    undefined,
    /more than 2000000 nodes/,
  ],
  ['ranges that are millions together', 'mail:\n  hosts:\n    mx[1:9999]-[1:9999]:\n', 3, /has more than 100000 names/],
  ['a step that is none', 'mail:\n  hosts:\n    "mx[1:3:0x1]":\n', 3, /the step must be a number of at least 1/],
  [
    'groups in a circle',
    'a:\n  children:\n    b:\nb:\n  children:\n    a:\n  hosts:\n    mx1:\n',
    undefined,
    /children of each other: (?:a → b → a|b → a → b)/,
  ],
]
for (const [what, text, line, message] of WRONG) {
  test(`${what} is reported${line === undefined ? '' : ' with its line'}`, async () => {
    let reported: unknown
    await load(text).catch((error: unknown) => (reported = error))
    assert.ok(
      reported instanceof Error && reported.name === 'MailrunError',
      `it was accepted, or threw ${String(reported)}`,
    )
    assert.match(reported.message, message)
    if (line !== undefined)
      assert.ok(reported.message.startsWith(`${join(folder, '1.yaml')}:${line}: `), reported.message)
  })
}

test('files that cannot be read are reported by name', async () => {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  for (const [path, message] of [
    [join(folder, 'gone.yaml'), /there is no such file/],
    [join(folder, 'empty'), /there is no inventory in this folder/],
  ] as const) {
    await loadInventory({
      paths: [path],
      playbookFolder: undefined,
      defaults: new Map(),
      extra: new Map(),
      load: noCode,
      keyring: keyringFor({}),
    }).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, message),
    )
  }
})

test('patterns: names, groups, globs, without, in both', async () => {
  const inventory = await load('mail:\n  hosts: { mx1: , mx2: , mx3: }\nweb:\n  hosts: { mx2: , www1: }\n')
  const chosen = (pattern: string): string =>
    selectHosts(inventory, pattern, '--limit')
      .map(({ name }) => name)
      .join()
  assert.is(chosen('all'), 'mx1,mx2,mx3,www1')
  assert.is(chosen('mail'), 'mx1,mx2,mx3')
  assert.is(chosen('www1,mx1'), 'www1,mx1')
  assert.is(chosen('mail[0],mail[-1],mail[1:2]'), 'mx1,mx3,mx2')
  assert.is(chosen('mail[1:]:!mx3'), 'mx2')
  assert.is(chosen('~(mx|www)[12]'), 'mx1,mx2,www1')
  assert.is(chosen('mx[12]*'), 'mx1,mx2')
  assert.is(chosen('mx[!12]*'), 'mx3')
  assert.is(chosen('mx[!9-0]*'), 'mx1,mx2,mx3')
  assert.throws(() => chosen('mx[9-[]*'), /no host/)
  assert.throws(() => chosen('mx[12]'), /no host and no group is called "mx\[12\]"/)
  writeFileSync(join(folder, 'limit'), 'mx3\n\n!mx1\nmx1\n')
  assert.is(chosen(`@${join(folder, 'limit')}`), 'mx3')
  assert.throws(() => chosen('@/nowhere'), /the file \/nowhere cannot be read/)
  assert.throws(() => chosen('mail[7]'), /mail\[7\] is beyond the end: mail has 3 hosts/)
  assert.throws(() => chosen('~mx('), /is no regular expression/)
  assert.is(chosen('mail:&web'), 'mx2')
  assert.is(chosen('mail:!mx2'), 'mx1,mx3')
  assert.is(chosen('!web'), 'mx1,mx3')
  assert.is(chosen('mx*'), 'mx1,mx2,mx3')
  // A mistyped exclusion must not widen the selection.
  assert.throws(() => chosen('all:!nothing_like_it'), /no host and no group is called "nothing_like_it"/)
  for (const unset of ['', ' ']) assert.throws(() => chosen(unset), /is a variable of the shell unset/)
  assert.throws(() => chosen('mxl'), /no host and no group is called "mxl": did you mean mx1/)
  assert.throws(() => chosen('mail:!mail'), /selects no host/)
})

test('10,000 hosts are read in a time that grows with their number, not its square', async () => {
  const line = (index: number): string => `    mx${index}.example.org: { ansible_host: 192.0.2.1, weight: ${index} }\n`
  const text = (count: number): string =>
    `mail:\n  hosts:\n${Array.from({ length: count }, (_, index) => line(index)).join('')}`
  const took = async (count: number): Promise<number> => {
    const began = performance.now()
    assert.is((await load(text(count))).hosts.length, count)
    return performance.now() - began
  }
  await took(1000)
  const [small, large] = [await took(1000), await took(10_000)]
  assert.ok(large < small * 40, `1,000: ${small.toFixed()} ms, 10,000: ${large.toFixed()} ms`)
})

test('group_vars and host_vars, files and folders, beside the inventory and the playbook', async () => {
  const at = join(folder, 'site')
  const files: Readonly<Record<string, string>> = {
    'inventory/hosts.yaml':
      'all:\n  vars: { a: file }\nmail:\n  vars: { b: file, c: file }\n  hosts:\n    mx1: { d: file, e: file }\n',
    'inventory/group_vars/all.yml': 'a: folder\nb: all wins over what the file says of groups\n',
    'inventory/group_vars/mail/one.yml': 'c: one\n',
    'inventory/group_vars/mail/two.yaml': 'c: two\n# nothing more\n',
    'inventory/group_vars/mail/three.txt': 'c: no ending of YAML\n',
    'inventory/group_vars/mail/.hidden.yml': 'c: hidden\n',
    'inventory/host_vars/mx1.json': '{ "e": "folder", "ansible_port": 2222 }',
    'inventory/host_vars/mx1.yml': '# first of its name\n',
    'playbooks/group_vars/all': 'f: beside the playbook\n',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
  const read = () =>
    loadInventory({
      paths: [join(at, 'inventory/hosts.yaml')],
      playbookFolder: join(at, 'playbooks'),
      defaults: new Map(),
      extra: new Map([['ansible_user', { value: 'root', where: '--extra-vars' }]]),
      load: noCode,
      keyring: keyringFor({}),
    })
  const host = hostOf(await read(), 'mx1')
  assert.equal(varsOf(host), {
    a: 'folder',
    b: 'all wins over what the file says of groups',
    c: 'two',
    d: 'file',
    e: 'file',
    f: 'beside the playbook',
  })
  assert.match(host.vars.get('c')!.where, /group_vars\/mail\/two\.yaml:1$/)
  assert.equal([host.address.port, host.address.user], [undefined, 'root'])
  writeFileSync(join(at, 'inventory/host_vars/mx1.yml'), 'e: [\n')
  const error = await read().then(
    () => undefined,
    (reason: Error) => reason,
  )
  assert.match(error?.message ?? '', /host_vars\/mx1\.yml:\d+: this is not YAML/)
})

test('of equally deep groups the one with the higher priority wins, else the later by name', async () => {
  const inventory = await load(
    'a: { hosts: { h: }, vars: { x: a, y: a, ansible_group_priority: 10 } }\n' +
      'b: { hosts: { h: }, vars: { x: b } }\n' +
      'c: { hosts: { h: }, vars: { z: c } }\n' +
      'd: { hosts: { h: }, vars: { z: d } }\n',
  )
  assert.equal(varsOf(hostOf(inventory, 'h')), { x: 'a', y: 'a', z: 'd' })
})

test.run()
