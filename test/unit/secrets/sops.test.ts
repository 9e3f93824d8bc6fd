// Files that sops encrypted. The sops here is a stand-in, which proves how it is called and what is made of its answer,
// and nothing of sops itself.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import * as assert from 'uvu/assert'
import { readYaml } from '../../../src/inventory/read-yaml.ts'
import { keyringOf } from '../../../src/secrets/keyring.ts'
import type { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('sops')
const PATH = process.env['PATH'] ?? ''
let folder: string
const keyring = (...identityFiles: readonly string[]) =>
  keyringOf({ identityFiles, passphrase: undefined, warn: () => {} })
const at = (name: string): string => join(folder, name)

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-sops-'))
  mkdirSync(at('bin'))
  process.env['PATH'] = at('bin')
  delete process.env['SOPS_AGE_KEY_FILE']
})
test.after.each(() => {
  process.env['PATH'] = PATH
  rmSync(folder, { recursive: true, force: true })
})

/** Prints `plain`, and keeps what it was called with. */
function standIn(script: string): void {
  writeFileSync(
    at('bin/sops'),
    `#!/bin/sh
PATH=${PATH.split(delimiter).join(':')}
printf '%s\\n' "$@" > ${at('args')}
printf %s "$SOPS_AGE_KEY_FILE" > ${at('key-file')}
${script}
`,
  )
  chmodSync(at('bin/sops'), 0o755)
}
const ENCRYPTED = `relay: ENC[AES256_GCM,data:xx,iv:xx,tag:xx,type:str]
pin: ENC[AES256_GCM,data:xx,iv:xx,tag:xx,type:int]
# a comment
port_unencrypted: 587
deep:
    list: [ENC[AES256_GCM;x], b]
    key: ENC[AES256_GCM,data:xx,iv:xx,tag:xx,type:str]
sops:
    mac: ENC[AES256_GCM,data:xx]
    version: 3.9.0
`
const PLAIN = `relay: canary-relay
pin: 4711
port_unencrypted: 587
deep:
    list: [a, b]
    key: canary-key
`

test('is called with the file alone, prints to a pipe, and its values are secret where encrypted', async () => {
  standIn(`cat <<'X'\n${PLAIN}X`)
  writeFileSync(at('vars.yaml'), ENCRYPTED.replace('ENC[AES256_GCM;x]', 'a'))
  const file = await readYaml(at('vars.yaml'), keyring('id.txt'))
  const entries = file.entries(file.root, 'vars', 'x')
  assert.equal(
    entries.map(({ key, where }) => [key, where.slice(folder.length + 1)]),
    [
      ['relay', 'vars.yaml:1'],
      ['pin', 'vars.yaml:2'],
      ['port_unencrypted', 'vars.yaml:4'],
      ['deep', 'vars.yaml:5'],
    ],
  )
  const [relay, pin, port, deep] = entries.map(({ value }) => file.value(value))
  assert.is((relay as Secret).reveal(), 'canary-relay')
  assert.is((pin as Secret<number>).reveal(), 4711)
  assert.is(port, 587)
  assert.equal((deep as { list: unknown }).list, ['a', 'b'])
  assert.is((deep as { key: Secret }).key.reveal(), 'canary-key')
  assert.equal(readFileSync(at('args'), 'utf8').trim().split('\n'), [
    '--decrypt',
    '--input-type',
    'yaml',
    '--output-type',
    'yaml',
    at('vars.yaml'),
  ])
  assert.is(readFileSync(at('key-file'), 'utf8'), join(process.cwd(), 'id.txt'))
})

test("a JSON file, and a key file of the environment's own", async () => {
  standIn(`printf '%s' '{"a": "canary-a"}'`)
  process.env['SOPS_AGE_KEY_FILE'] = '/own'
  writeFileSync(at('vars.json'), '{"a": "ENC[AES256_GCM,data:xx]", "sops": {"mac": "x"}}')
  const file = await readYaml(at('vars.json'), keyring('id.txt'))
  assert.is((file.value(file.entries(file.root, 'vars', 'x')[0]!.value) as Secret).reveal(), 'canary-a')
  assert.is(readFileSync(at('args'), 'utf8').trim().split('\n')[2], 'json')
  assert.is(readFileSync(at('key-file'), 'utf8'), '/own')
})

test('without sops, and where it refuses, the error says file and what to do', async () => {
  writeFileSync(at('vars.yaml'), ENCRYPTED.replace('ENC[AES256_GCM;x]', 'a'))
  await readYaml(at('vars.yaml'), keyring()).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.match(
        error.message,
        /vars\.yaml: this file is encrypted with sops, and there is no program sops: install it/,
      ),
  )
  standIn('echo "Failed to get the data key" >&2; exit 128')
  await readYaml(at('vars.yaml'), keyring()).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.match(
        error.message,
        /vars\.yaml: sops was to decrypt this file, and ended with 128: Failed to get the data key/,
      ),
  )
  assert.is(readFileSync(at('key-file'), 'utf8'), '')
})

test('a var that is called sops is just a var', async () => {
  writeFileSync(at('vars.yaml'), 'sops: { a: 1 }\n')
  const file = await readYaml(at('vars.yaml'), keyring())
  assert.equal(
    file.entries(file.root, 'vars', 'x').map(({ key, value }) => [key, file.value(value)]),
    [['sops', { a: 1 }]],
  )
})

test.run()
