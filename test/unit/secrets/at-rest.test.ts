// Secrets at rest, through the command: values and files encrypted with age, typed like any other, and every way in
// which they cannot be opened.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import * as assert from 'uvu/assert'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'
import { MAIN, project, type Ended, type Project } from '../cli/mailrun.ts'

const test = suite('secrets at rest')

const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)
const other = await generateX25519Identity()

async function sealedBytes(
  plain: string | Uint8Array,
  to: { readonly recipient: string } | { readonly passphrase: string } = { recipient },
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  if ('recipient' in to) encrypter.addRecipient(to.recipient)
  else {
    encrypter.setScryptWorkFactor(10)
    encrypter.setPassphrase(to.passphrase)
  }
  return encrypter.encrypt(plain)
}
/** As it stands in YAML, `indent` deep. */
const sealed = async (plain: string, indent = 6, to?: Parameters<typeof sealedBytes>[1]): Promise<string> =>
  `!age |\n${armor
    .encode(await sealedBytes(plain, to))
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n')}`

const PLAYBOOK = `
import { writeFileSync } from 'node:fs'
import { playbook, Secret, v } from 'mailrun'
import { copy, file, template } from 'mailrun/tasks'
const reported = (value) => value instanceof Secret ? { secret: value.reveal() } : value
export default playbook({
  name: 'try',
  hosts: 'mail',
  vars: v.object({
    password: v.optional(v.secret()),
    pin: v.optional(v.secret(v.pipe(v.string(), v.regex(/^[0-9]{4,6}$/)))),
    text: v.optional(v.string()),
    number: v.optional(v.number()),
    flag: v.optional(v.boolean()),
    list: v.optional(v.array(v.string())),
    map: v.optional(v.record(v.string(), v.any())),
    source: v.optional(v.string()),
  }),
  tasks: ({ vars }) => {
    const entries = Object.entries(vars).map(([key, value]) => [key, reported(value)])
    writeFileSync('reported.json', JSON.stringify(Object.fromEntries(entries)))
    const { source, password = 'none' } = vars
    return [
      file({ path: '/etc/x/' + (vars.text ?? 'x'), content: 'x' }),
      source !== undefined && copy({ src: source, dest: '/etc/copy' }),
      source !== undefined && template({ src: source, dest: '/etc/template', vars: { password } }),
    ]
  },
})
`
let here: Project
test.before(() => {
  here = project({
    'try.mjs': PLAYBOOK,
    'id.txt': `# created: now\n# public key: ${recipient}\n${identity}\n`,
    'other.txt': `${other}\n`,
  })
  for (const file of ['id.txt', 'other.txt']) chmodSync(join(here.folder, file), 0o600)
})
test.after(() => here.remove())

const write = (path: string, text: string | Uint8Array): void => {
  mkdirSync(dirname(join(here.folder, path)), { recursive: true })
  writeFileSync(join(here.folder, path), text)
}
/** What the playbook was given; fails where it was given nothing. */
async function reported(
  files: Readonly<Record<string, string | Uint8Array>>,
  ...flags: readonly string[]
): Promise<Readonly<Record<string, unknown>>> {
  for (const [path, text] of Object.entries(files)) write(path, text)
  write('reported.json', '')
  const { code, stdout, stderr } = await here.mailrun('try.mjs', '-i', 'hosts.yaml', '--list-tasks', ...flags)
  assert.is(code, 0, stdout + stderr)
  return JSON.parse(readFileSync(join(here.folder, 'reported.json'), 'utf8')) as Readonly<Record<string, unknown>>
}
async function refused(
  files: Readonly<Record<string, string | Uint8Array>>,
  expected: RegExp,
  ...flags: readonly string[]
): Promise<string> {
  for (const [path, text] of Object.entries(files)) write(path, text)
  const { code, stdout, stderr } = await here.mailrun('try.mjs', '-i', 'hosts.yaml', '--list-tasks', ...flags)
  assert.is(code, 1, stdout + stderr)
  assert.match(stderr, expected)
  assert.not.match(stderr, /node:internal|\.js:\d/)
  return stderr
}
const hosts = (vars: string): Readonly<Record<string, string>> => ({
  'hosts.yaml': `mail:\n  hosts: { mx1: }\n  vars:\n    ${vars}\n`,
})
const ID = ['--age-identity', 'id.txt']

test('an encrypted value is typed like any other: text first, else as YAML reads it', async () => {
  const vars = [
    `password: ${await sealed('pass{{word}}')}`,
    `pin: ${await sealed('004711')}`,
    `text: ${await sealed('12345')}`,
    `number: ${await sealed('12345\n')}`,
    `flag: ${await sealed('yes')}`,
    `list: ${await sealed('[a, b]')}`,
    `map: { plain: 1, deep: [!secret 'in clear'] }`,
  ]
  assert.equal(await reported(hosts(vars.join('\n    ')), ...ID), {
    password: { secret: 'pass{{word}}' },
    pin: { secret: '004711' },
    text: '12345',
    number: 12345,
    flag: true,
    list: ['a', 'b'],
    map: { plain: 1, deep: ['in clear'] },
  })
})

test('one line loses its line feed, several keep theirs', async () => {
  assert.equal(
    await reported(hosts(`password: ${await sealed('one line\n')}\n    text: ${await sealed('two\nlines\n')}`), ...ID),
    { password: { secret: 'one line' }, text: 'two\nlines\n' },
  )
})

test('files of vars: binary or armoured, beside a plain one, in folders, by -e; the encrypted wins', async () => {
  const given = await reported(
    {
      ...hosts('{}'),
      'group_vars/mail.yaml': 'text: in clear\nnumber: 1\n',
      'group_vars/mail.yaml.age': await sealedBytes('number: 2\nmap: { a: [b] }\n'),
      'host_vars/mx1/10-vars.yaml': armor.encode(await sealedBytes('password: from-the-folder\n')),
      'host_vars/mx1/20.age': await sealedBytes('flag: true\n'),
      'extra.yaml': await sealedBytes('list: [x]\n'),
    },
    ...ID,
    '-e',
    '@extra.yaml',
  )
  assert.equal(given, {
    text: 'in clear',
    number: 2,
    map: { a: ['b'] },
    password: { secret: 'from-the-folder' },
    flag: true,
    list: ['x'],
  })
  const { stdout } = await here.mailrun('inventory', '-i', 'hosts.yaml', '--host', 'mx1', '--format', 'json', ...ID)
  assert.equal((JSON.parse(stdout) as { readonly vars: unknown }).vars, {
    flag: { value: true, where: 'host_vars/mx1/20.age:1' },
    map: { value: { a: ['********'] }, where: 'group_vars/mail.yaml.age:2' },
    number: { value: '********', where: 'group_vars/mail.yaml.age:1' },
    password: { value: '********', where: 'host_vars/mx1/10-vars.yaml:1' },
    text: { value: 'in clear', where: 'group_vars/mail.yaml:1' },
  })
  for (const file of ['group_vars', 'host_vars']) rmSync(join(here.folder, file), { recursive: true })
})

test('a whole inventory', async () => {
  assert.equal(
    await reported(
      {
        'hosts.yaml': await sealedBytes('mail:\n  hosts: mx1\n  vars: { text: hidden-text }\n'),
      },
      ...ID,
    ),
    { text: 'hidden-text' },
  )
})

test('identities: several files, the environment, a passphrase on the file', async () => {
  const vars = hosts(`text: ${await sealed('here')}`)
  assert.equal(await reported(vars, '--age-identity', 'other.txt', ...ID), { text: 'here' })
  process.env['MAILRUN_AGE_IDENTITY'] = 'other.txt:id.txt'
  try {
    assert.equal(await reported(vars), { text: 'here' })
  } finally {
    delete process.env['MAILRUN_AGE_IDENTITY']
  }
  write('passphrase', 'open sesame\n')
  write('locked.age', await sealedBytes(`${identity}\n`, { passphrase: 'open sesame' }))
  write('locked.txt', armor.encode(await sealedBytes(`# one\n${identity}\n`, { passphrase: 'open sesame' })))
  chmodSync(join(here.folder, 'passphrase'), 0o600)
  for (const file of ['locked.age', 'locked.txt'])
    assert.equal(await reported(vars, '--age-identity', file, '--age-passphrase-file', 'passphrase'), { text: 'here' })
  assert.equal(
    await reported(
      hosts(`text: ${await sealed('by passphrase', 6, { passphrase: 'open sesame' })}`),
      '--age-passphrase-file',
      'passphrase',
    ),
    { text: 'by passphrase' },
  )
})

test('what cannot be opened is reported with file and line, and what to do', async () => {
  const value = await sealed('never-shown')
  const first = value.split('\n')[2]!.trim()
  await refused(
    hosts(`text: ${value}`),
    pattern(
      /^mailrun: hosts\.yaml:4: host mx1: var text: this is encrypted with age, /,
      /and no identity is given: give one with --age-identity FILE/,
    ),
  )
  await refused(
    hosts(`text: ${value}`),
    pattern(
      /^mailrun: hosts\.yaml:4: host mx1: var text: no identity in other\.txt opens this: /,
      /it is encrypted to other recipients/,
    ),
    '--age-identity',
    'other.txt',
  )
  await refused(
    hosts(`text: ${value.replace(first, first.replace(/.{4}$/, 'AAAA'))}`),
    /^mailrun: hosts\.yaml:4: this age file is damaged/,
    ...ID,
  )
  await refused(
    hosts(`text: ${value.split('\n').slice(0, 4).join('\n')}`),
    /^mailrun: hosts\.yaml:4: this age file is damaged, or not whole/,
    ...ID,
  )
  await refused(
    hosts('text: !age hunter2'),
    /^mailrun: hosts\.yaml:4: after !age an encrypted value is wanted as age -a prints it/,
    ...ID,
  )
  await refused(hosts('text: !age [a]'), /^mailrun: hosts\.yaml:4: the tag !age/, ...ID)
  await refused(hosts('!secret text: a'), /^mailrun: hosts\.yaml:4: a key cannot be secret/)
  await refused(
    { 'hosts.yaml': await sealedBytes(new Uint8Array([0xff, 0xfe])) },
    /hosts\.yaml: this is not a text file in UTF-8/,
    ...ID,
  )
})

test('what cannot be opened stops nobody who does not need it', async () => {
  const value = await sealed('never-shown')
  write('hosts.yaml', `mail:\n  hosts: { mx1: }\n  vars:\n    relay_password: ${value}\n`)
  const unused = "import { playbook, v } from 'mailrun'\nexport default playbook({ name: 'x', hosts: 'mail', "
  write('unused.mjs', `${unused} tasks: () => [] })\n`)
  write('other-vars.mjs', `${unused} vars: v.object({ x: v.optional(v.string()) }), tasks: () => [] })\n`)
  write('all-vars.mjs', `${unused} vars: v.looseObject({}), tasks: () => [] })\n`)
  const named = async (...words: readonly string[]): Promise<Ended> => here.mailrun(...words, '-i', 'hosts.yaml')
  assert.equal(await named('unused.mjs', '--list-hosts'), { code: 0, stdout: 'mx1\n', stderr: '' })
  assert.is((await named('other-vars.mjs', '--list-tasks')).code, 0)
  const listed = await named('inventory', '--list')
  assert.is(listed.code, 0, listed.stderr)
  assert.match(listed.stdout, /relay_password +"\*{8}"/)
  const ping = await named('ping', '-c', 'local')
  assert.not.match(ping.stderr + ping.stdout, 'encrypted')
  const all = await named('all-vars.mjs', '--list-hosts')
  assert.is(all.code, 1)
  assert.match(all.stderr, 'hosts.yaml:4: host mx1: var relay_password: this is encrypted with age')
  write('hosts.yaml', `mail:\n  hosts: { mx1: }\n  vars:\n    ansible_password: ${value}\n`)
  assert.match((await named('ping')).stderr, 'hosts.yaml:4: this is encrypted with age')
})

test('an identity file that is of no use is reported, and never shown', async () => {
  const sealedHosts = hosts(`text: ${await sealed('never-shown')}`)
  const refusedBy = (file: string, expected: RegExp): Promise<string> =>
    refused(sealedHosts, expected, '--age-identity', file)
  await refusedBy('gone.txt', /^mailrun: gone\.txt: there is no such identity file/)
  write('bad.txt', `# one\n${identity.slice(0, -6)}QQQQQQ\n`)
  assert.not.match(await refusedBy('bad.txt', /bad\.txt:2: this age identity is damaged/), identity.slice(20, 40))
  write('bad.txt', 'not-a-key\n')
  assert.not.match(await refusedBy('bad.txt', /bad\.txt:1: this is no age identity/), 'not-a-key')
  write('bad.txt', '# nothing\n')
  await refusedBy('bad.txt', /bad\.txt: there is no identity in this file/)
})

test('a passphrase that does not open, and one that nobody can be asked for', async () => {
  const value = await sealed('never-shown')
  write('wrong', 'open poppy\n')
  await refused(
    hosts(`text: ${await sealed('x', 6, { passphrase: 'open sesame' })}`),
    /hosts\.yaml:4: the passphrase does not open this/,
    '--age-passphrase-file',
    'wrong',
  )
  await refused(
    hosts(`text: ${value}`),
    /locked\.age: the passphrase does not open this/,
    '--age-identity',
    'locked.age',
    '--age-passphrase-file',
    'wrong',
  )
  await refused(
    hosts(`text: ${await sealed('x', 6, { passphrase: 'open sesame' })}`),
    pattern(
      /^mailrun: hosts\.yaml:4: host mx1: var text: this is encrypted with a passphrase: /,
      /asking for it needs a terminal, and there is none: use --age-passphrase-file FILE/,
    ),
  )
  await refused(
    hosts(`text: ${value}`),
    /^mailrun: locked\.age: host mx1: var text: this is encrypted with a passphrase: asking for it needs a terminal/,
    '--age-identity',
    'locked.age',
  )
})

test("Ansible's Vault is refused wherever it stands", async () => {
  const vault = '$ANSIBLE_VAULT;1.1;AES256\n33306533\n'
  await refused(
    { ...hosts('text: x'), 'group_vars/mail.yaml': vault },
    /group_vars\/mail\.yaml: Ansible's Vault is not supported: encrypt the file with age/,
  )
  rmSync(join(here.folder, 'group_vars'), { recursive: true })
  await refused(
    hosts('text: !vault |\n      x'),
    /hosts\.yaml:4: Ansible's Vault is not supported: encrypt the value with age/,
  )
  await refused(
    { ...hosts('source: key.pem'), 'key.pem': vault },
    /key\.pem: Ansible's Vault is not supported: encrypt the file with age/,
  )
})

test('an identity file that others can read is warned of, one that is locked is not', async () => {
  chmodSync(join(here.folder, 'id.txt'), 0o644)
  const list = (file: string) =>
    here.mailrun(
      'try.mjs',
      '-i',
      'hosts.yaml',
      '--list-tasks',
      '--age-identity',
      file,
      '--age-passphrase-file',
      'passphrase',
    )
  for (const [path, text] of Object.entries(hosts(`text: ${await sealed('here')}`))) write(path, text)
  assert.match((await list('id.txt')).stderr, 'id.txt can be read by others (mode 0644); chmod 600 it')
  chmodSync(join(here.folder, 'id.txt'), 0o600)
  assert.is((await list('id.txt')).stderr, '')
  assert.is((await list('locked.age')).stderr, '')
})

test('nothing that is encrypted is shown where it does not fit, in a name, or in a list', async () => {
  const cases: readonly (readonly [vars: string, secret: string])[] = [
    [`number: ${await sealed('canary-no-number')}`, 'canary-no-number'],
    [`number: !secret canary-no-number`, 'canary-no-number'],
    [`map: { a: 1 }\n    list: ${await sealed('canary-list')}`, 'canary-list'],
    [`pin: ${await sealed('canary-pin')}`, 'canary-pin'],
    [`pin: 12345678901`, '12345678901'],
    [`pin: { a: canary-map }`, 'canary-map'],
    [`flag: ${await sealed('987654321')}`, '987654321'],
    [`ansible_port: ${await sealed('canary-port')}`, 'canary-port'],
    [`ansible_become: ${await sealed('canary-become')}`, 'canary-become'],
    [
      `ansible_become: true
    ansible_become_password: [canary-list]`,
      'canary-list',
    ],
    [`ansible_host: ${await sealed('canary host')}`, 'canary host'],
    [`ansible_user: ${await sealed('{ canary: 1 }')}\n    ansible_canary: 5`, '{ canary'],
  ]
  for (const [vars, secret] of cases) {
    for (const format of ['json']) {
      for (const [path, text] of Object.entries(hosts(vars))) write(path, text)
      const { code, stdout, stderr } = await here.mailrun(
        'try.mjs',
        '-i',
        'hosts.yaml',
        '--list-tasks',
        '--format',
        format,
        ...ID,
      )
      if (!vars.includes('ansible_user')) assert.is(code, 1, vars + stdout + stderr)
      assert.not.match(stdout + stderr, secret, `${vars}: ${stdout}${stderr}`)
    }
  }
  for (const [path, text] of Object.entries(hosts(`text: ${await sealed('canary-in-a-path')}`))) write(path, text)
  for (const format of ['text', 'json', 'ndjson'])
    assert.not.match(
      (await here.mailrun('try.mjs', '-i', 'hosts.yaml', '--list-tasks', '--format', format, ...ID)).stdout,
      'canary-in-a-path',
    )
})

test('a passphrase is asked for on the terminal, once for all values, and is not shown there', async () => {
  const to = { passphrase: 'open sesame' }
  for (const [path, text] of Object.entries(
    hosts(`password: ${await sealed('first', 6, to)}\n    text: ${await sealed('second', 6, to)}`),
  ))
    write(path, text)
  const command = `${process.execPath} ${MAIN} try.mjs -i hosts.yaml --list-tasks > listed`
  // script(1) makes the terminal; what is typed comes once the question stands.
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: here.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString()
    if (screen.endsWith(': ')) child.stdin.write('open sesamX\u007fe\r')
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.is(code, 0, screen)
  assert.is(screen.trim(), 'passphrase of what is encrypted with one:')
  assert.match(readFileSync(join(here.folder, 'listed'), 'utf8'), 'file /etc/x/********')
})

test('a source that is encrypted is opened; one that cannot be is reported before any host is touched', async () => {
  const secret = await sealedBytes('password <%= password %>\n')
  await reported({ ...hosts('source: files/conf.age\n    password: x'), 'files/conf.age': secret }, ...ID)
  await refused({}, /files\/conf\.age: this is encrypted with age, and no identity is given/)
  write('files/conf.age', await sealedBytes('canary-template <%= nothing %>\n'))
  assert.not.match(await refused({}, /files\/conf\.age:1: nothing is not/, ...ID), 'canary-template')
})

test('mailrun encrypt makes a value that goes into an inventory', async () => {
  const value = await here.mailrun('encrypt', '-r', recipient)
  assert.match(value.stderr, 'there is nothing to encrypt: standard input is empty')
  for (const [words, message] of [
    [[], /to whom\?/],
    [['-r', identity], /this is an identity, which is secret/],
    [['-r', 'age1x'], /"age1x" is no recipient/],
    [['-R', 'gone'], /--recipients-file gone: there is no such file/],
    [['-r', recipient, '-p'], /not both/],
  ] as const) {
    const { code, stderr } = await here.mailrun('encrypt', ...words)
    assert.is(code, 1)
    assert.match(stderr, message)
    assert.not.match(stderr, identity.slice(20))
  }
})

test('an inventory without secrets does not load what opens them', async () => {
  for (const [path, text] of Object.entries(hosts('text: a'))) write(path, text)
  // What cannot be read is not asked for.
  assert.equal(await reported({}, '--age-identity', 'gone.txt', '--age-passphrase-file', 'gone'), { text: 'a' })
})

test.run()
