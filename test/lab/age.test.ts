// The real age program as the oracle: what it encrypts is opened here, what is encrypted here it opens. Has no lab.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { encrypterTo } from '../../src/secrets/encrypt.ts'
import { keyringOf, type Keyring } from '../../src/secrets/keyring.ts'
import { Secret } from '../../src/shell/secret.ts'
import { suite } from '../suite.ts'

const lab = await import('../../lab/index.ts')
const test = suite('lab: as age has it')

const folder = mkdtempSync(join(tmpdir(), 'mailrun-age-'))
const at = (name: string): string => join(folder, name)
const CONTENTS: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  text: Buffer.from('wörd\nline two\n'),
  binary: Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256)),
  'more than one chunk': Buffer.alloc(200_000, 'x'),
}

function program(name: string, args: readonly string[], input: Buffer | string = ''): Buffer {
  const { status, stdout, stderr } = spawnSync(name, args, { input, cwd: folder, maxBuffer: 1 << 26 })
  assert.is(status, 0, `${name} ${args.join(' ')}: ${stderr.toString()}${stdout.toString().slice(0, 2000)}`)
  return stdout
}
/** age asks on its terminal, which script(1) makes for it. */
function onTerminal(command: string, typed: readonly string[]): void {
  // It reads what is typed once it has asked; what comes before that is lost.
  program('sh', [
    '-c',
    `{ ${typed.map((line) => `sleep 1; printf '%s\\n' '${line}'`).join('; ')}; sleep 4; } | script -qec "$1" /dev/null`,
    'sh',
    command,
  ])
}
const keyring = (files: readonly string[], passphrase?: string): Keyring =>
  keyringOf({
    identityFiles: files.map(at),
    passphrase: passphrase === undefined ? undefined : () => Promise.resolve(new Secret(passphrase)),
    warn: (line) => assert.unreachable(line),
  })
const recipientOf = (file: string): string => program('age-keygen', ['-y', file]).toString().trim()

test.before(async () => {
  await lab.labPrograms({ age: '/usr/bin/age' })
  for (const name of ['one', 'two', 'three']) {
    program('age-keygen', ['-o', name])
    chmodSync(at(name), 0o600)
  }
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

for (const [what, plain] of Object.entries(CONTENTS)) {
  for (const armour of [[], ['--armor']]) {
    const form = armour.length > 0 ? ' in armour' : ''
    test(`${what}, encrypted by age${form} to two recipients, is opened by either`, async () => {
      const sealed = program('age', [...armour, '-r', recipientOf('one'), '-r', recipientOf('two')], plain)
      for (const files of [['one'], ['two'], ['three', 'two']])
        assert.ok(plain.equals(await keyring(files).open(sealed, 'x')))
      await keyring(['three'])
        .open(sealed, 'f.yaml:3')
        .then(
          () => assert.unreachable(),
          (error: Error) =>
            assert.match(
              error.message,
              /^f\.yaml:3: no identity in .*three opens this: it is encrypted to other recipients$/,
            ),
        )
    })
  }

  test(`${what}, encrypted here, is opened by age`, async () => {
    const recipients = ['one', 'two'].map((file) => ({ text: recipientOf(file), where: '-r' }))
    const sealed = await (await encrypterTo({ recipients }))(plain)
    for (const file of ['one', 'two']) assert.ok(plain.equals(program('age', ['--decrypt', '-i', file], sealed)))
  })
}

test('a value and an identity file, encrypted by age with a passphrase', async () => {
  writeFileSync(at('plain'), 'by passphrase')
  onTerminal('age -p -a -o plain.age plain', ['open sesame', 'open sesame'])
  onTerminal('age -p -o one.age one', ['open sesame', 'open sesame'])
  const sealed = readFileSync(at('plain.age'))
  const open = keyring([], 'open sesame')
  assert.is(Buffer.from(await open.open(sealed, 'x')).toString(), 'by passphrase')
  const toOne = program('age', ['-r', recipientOf('one')], 'through the locked file')
  assert.is(
    Buffer.from(await keyring(['one.age'], 'open sesame').open(toOne, 'x')).toString(),
    'through the locked file',
  )
  await keyring([], 'open poppy')
    .open(sealed, 'f:1')
    .then(
      () => assert.unreachable(),
      (error: Error) => assert.is(error.message, 'f:1: the passphrase does not open this'),
    )
})

test('what is encrypted here with a passphrase, age opens', async () => {
  const encrypt = await encrypterTo({ passphrase: new Secret('open sesame') })
  writeFileSync(at('ours.age'), await encrypt(Buffer.from('from here')))
  onTerminal('age -d -o ours.plain ours.age', ['open sesame'])
  assert.is(readFileSync(at('ours.plain'), 'utf8'), 'from here')
})

test('what is encrypted to an SSH key only is refused with what to do', async () => {
  program('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'ssh'])
  const key = readFileSync(at('ssh.pub'), 'utf8').trim()
  const advice =
    /recipients of the kind ssh-ed25519, which only the age program can open; encrypt it to an age1… recipient, too$/
  await keyring(['one'])
    .open(program('age', ['-r', key], 'x'), 'f:1')
    .then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, advice),
    )
  assert.is(
    Buffer.from(
      await keyring(['one']).open(program('age', ['-r', key, '-r', recipientOf('one')], 'both'), 'f:1'),
    ).toString(),
    'both',
  )
  await keyring(['ssh'])
    .open(program('age', ['-r', recipientOf('one')], 'x'), 'f:1')
    .then(
      () => assert.unreachable(),
      (error: Error) =>
        assert.match(error.message, /ssh:1: SSH keys are not supported as age identities: make one with age-keygen$/),
    )
})

test.run()
