// Inventories that are no YAML: INI, programs, TypeScript, lists;
// what is wrong is reported with its line, what is no literal is a text.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { pythonLiteral } from '../../../src/text/python-literal.ts'
import { shellWords } from '../../../src/text/shell-words.ts'
import { suite } from '../../suite.ts'
import { project, type Ended, type Project } from '../cli/mailrun.ts'

const test = suite('sources of inventories')
let here: Project
test.before(() => {
  here = project({})
})
test.after(() => here.remove())

async function listed(name: string, text: string, ...words: readonly string[]): Promise<Ended> {
  writeFileSync(join(here.folder, name), text)
  if (text.startsWith('#!')) chmodSync(join(here.folder, name), 0o755)
  return here.mailrun('inventory', '-i', name, ...words)
}

const REFUSED: readonly (readonly [string, string, string, RegExp])[] = [
  ['a section that is none', 'a', '[mail\n', /no port|range in \[mail/],
  ['a section with a blank', 'b', '[my mail]\nmx1\n', /^mailrun: b:1: \[my mail\] is no section/],
  ['a mistyped section', 'c', '[mail:var]\na=1\n', /^mailrun: c:1: .*got \[mail:var\]: did you mean vars/],
  [
    'vars of no group',
    'd',
    '[mail]\nmx1\n[web:vars]\na=1\n',
    /^mailrun: d:3: these are vars of the group web, which is declared nowhere/,
  ],
  [
    'a child that is declared nowhere',
    'e',
    '[mail:children]\nweb\n',
    /^mailrun: e:2: mail has as a child the group web/,
  ],
  ['a var without a value', 'f', '[mail]\nmx1 a\n', /^mailrun: f:2: key=value is wanted after a host, got a/],
  ['an open quotation', 'g', '[mail]\nmx1 a="b\n', /^mailrun: g:2: .*No closing quotation/],
  ['a template', 'h', '[mail]\nmx1 a="{{ b }}"\n', /^mailrun: h:2: templates/],
  ['a port that is missing', 'i', '[mail]\nmx1: a=1\n', /^mailrun: i:2: mx1: ends in a colon/],
  [
    'a program that fails',
    'j',
    '#!/bin/sh\necho no database >&2\nexit 3\n',
    /^mailrun: j --list: this inventory is a program, and it failed: no database/,
  ],
  [
    'a program that prints no JSON',
    'k',
    '#!/bin/sh\necho hello\n',
    /^mailrun: k --list: it must print one JSON object/,
  ],
  [
    'a file that Vault encrypted',
    'p',
    '$ANSIBLE_VAULT;1.1;AES256\n33306533\n',
    /^mailrun: p: Ansible's Vault is not supported: encrypt the file with age/,
  ],
  [
    'one that should be INI',
    'q.ini',
    '$ANSIBLE_VAULT;1.1;AES256\n33306533\n',
    /^mailrun: q\.ini: Ansible's Vault is not supported/,
  ],
  [
    'one that should be YAML',
    'r.yaml',
    '$ANSIBLE_VAULT;1.2;AES256;dev\n33306533\n',
    /^mailrun: r\.yaml: Ansible's Vault is not supported/,
  ],
  [
    'a template that a program prints',
    's',
    '#!/bin/sh\necho \'{"mail":{"hosts":["mx1"],"vars":{"a":["{{ b }}"]}}}\'\n',
    /^mailrun: s --list: mail: vars: a: templates/,
  ],
  [
    'one of a host',
    't',
    '#!/bin/sh\n[ "$1" = --list ] && echo \'{"mail":["mx1"]}\' || echo \'{"a":"{{ b }}"}\'\n',
    /^mailrun: t --host mx1: a: templates/,
  ],
  [
    'what Vault encrypted and a program prints',
    'u',
    '#!/bin/sh\necho \'{"_meta":{"hostvars":{"mx1":{"a":{"__ansible_vault":"x"}}}},"mail":["mx1"]}\'\n',
    /^mailrun: u --list: _meta: hostvars: mx1: a: Ansible's Vault is not supported/,
  ],
  [
    'a plugin',
    'l.yaml',
    'plugin: aws_ec2\n',
    /^mailrun: l\.yaml:1: this configures one of Ansible's inventory plugins/,
  ],
  [
    'code that exports something else',
    'm.mjs',
    'export default 3\n',
    /^mailrun: m\.mjs: the default export is no inventory/,
  ],
  [
    'a typed host with a mistyped key',
    'n.mjs',
    "import { inventory } from 'mailrun'\nexport default inventory([{ name: 'mx1', usr: 'root' }])\n",
    /n\.mjs:2: the host mx1 has .*got "usr": did you mean user/,
  ],
  ['code that throws', 'o.mjs', "\nthrow new Error('no network')\n", /o\.mjs:2: no network/],
]
for (const [what, name, text, message] of REFUSED) {
  test(`${what} is reported, with exit status 1`, async () => {
    const { code, stdout, stderr } = await listed(name, text, '--list')
    assert.is(code, 1, stdout)
    assert.match(stderr.replaceAll(`${here.folder}/`, ''), message)
    assert.not.match(stderr, /\n\s+at /)
  })
}

test('a text that a program marks as unsafe is no template', async () => {
  const { code, stdout, stderr } = await listed(
    'v',
    '#!/bin/sh\necho \'{"_meta":{"hostvars":{"mx1":{"a":{"__ansible_unsafe":"{{ b }}"}}}},"mail":["mx1"]}\'\n',
    '--list',
    '--format',
    'json',
  )
  assert.is(code, 0, stderr)
  assert.equal((JSON.parse(stdout) as { _meta: unknown })._meta, { hostvars: { mx1: { a: '{{ b }}' } } })
})

test('a template in --extra-vars is refused, however it is written', async () => {
  for (const vars of ['a={{ b }}', 'a="{{ b }}"', '{"a":"{{ b }}"}', 'a={{b}}'])
    assert.match(
      (await here.mailrun('inventory', '-i', 'mx1,', '--list', '-e', vars)).stderr,
      /^mailrun: --extra-vars\S*.*templates/,
      vars,
    )
})

test('a folder that has nothing but what is passed over is reported with its names', async () => {
  mkdirSync(join(here.folder, 'passed'))
  writeFileSync(join(here.folder, 'passed/hosts.ini'), 'mx1\n')
  assert.match(
    (await here.mailrun('inventory', '-i', 'passed', '--list')).stderr,
    /^mailrun: passed: there is no inventory in this folder; passed over, as in Ansible: hosts\.ini$/m,
  )
})

test('a host in place of a file learns how lists are given', async () => {
  assert.match(
    (await here.mailrun('inventory', '-i', 'mx1', '--list')).stderr,
    /^mailrun: mx1: there is no such file \(a list of hosts has a comma: mx1,\)$/m,
  )
  assert.match((await here.mailrun('inventory', '-i', 'gone.yaml', '--list')).stderr, /there is no such file$/m)
})

test('an inventory in TypeScript, and a promise of one', async () => {
  const text = `import { inventory, type InventoryHost } from 'mailrun'
const hosts: readonly InventoryHost[] = ['mx1', 'mx2'].map((name) => ({
  name,
  groups: ['mail'],
  address: '192.0.2.1',
  port: 2222,
  become: true,
  vars: { domains: ['example.org'] },
}))
export default Promise.resolve(hosts).then(inventory)
`
  const { code, stdout, stderr } = await listed('typed.ts', text, '--list', '--format', 'json')
  assert.is(code, 0, stderr)
  const vars = { ansible_become: true, ansible_host: '192.0.2.1', ansible_port: 2222, domains: ['example.org'] }
  assert.equal(JSON.parse(stdout), {
    _meta: { hostvars: { mx1: vars, mx2: vars } },
    all: { children: ['ungrouped', 'mail'] },
    mail: { hosts: ['mx1', 'mx2'] },
  })
})

test('a var is reported with the line that said it, a password as stars', async () => {
  const { stdout } = await listed(
    'hosts',
    '[mail]\nmx1 a=1\n[mail:vars]\nansible_become_password=hunter2\n',
    '--host',
    'mx1',
  )
  assert.match(stdout, /^ {2}a +1 {2}hosts:2$/m)
  assert.match(stdout, /^ {2}ansible_become_password +"\*{8}" {2}hosts:4$/m)
})

test('Python literals', () => {
  const LITERALS: readonly (readonly [string, unknown])[] = [
    ['1', 1],
    ['-1', -1],
    ['1_000', 1000],
    ['0x1F', 31],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['True', true],
    ['None', null],
    ["'a'", 'a'],
    ['"a\\n"', 'a\n'],
    ["r'\\n'", '\\n'],
    ["'a' 'b'", 'ab'],
    ['[1, [2], ]', [1, [2]]],
    ['(1,)', [1]],
    ['(1)', 1],
    ['1, 2', [1, 2]],
    ["{'a': 1, 'b': [True]}", { a: 1, b: [true] }],
    ["'''x'''", 'x'],
    ["'\\u00e9\\x41\\101'", 'éAA'],
    ['7 # why', 7],
    ['7, # why', [7]],
  ]
  for (const [text, value] of LITERALS) assert.equal(pythonLiteral(text), { literal: true, value }, text)
  for (const text of [
    '',
    'yes',
    'true',
    '0644',
    '1 2',
    '[1',
    "'a",
    'a=b',
    '{1',
    '1__0',
    '1_',
    'Trueish',
    '12345678901234567890',
    '['.repeat(5000),
  ])
    assert.equal(pythonLiteral(text), { literal: false, value: text }, text)
})

test('words of a line', () => {
  assert.equal(shellWords(`a "b c"'d' e\\ f g#h i`, { comments: true }), ['a', 'b cd', 'e f', 'g'])
  assert.equal(shellWords('"" \'\' "\\"\\\\\\n"', { comments: true }), ['', '', '"\\\\n'])
  for (const text of ['"a', "'a", 'a\\']) assert.throws(() => shellWords(text, { comments: false }))
})

test.run()
