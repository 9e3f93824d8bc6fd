// `mailrun schedule`: the units that it writes, as systemd reads them, and what it asks of systemctl.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Ended, type Project } from './mailrun.ts'

const test = suite('cli/schedule')

/** On one line, as a unit has it. */
async function sealedVar(): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()))
  return `{ "relay_password": !age ${JSON.stringify(armor.encode(await encrypter.encrypt('hunter2')))} }`
}
let here: Project
const kept = { ...process.env }
test.before(() => {
  here = project({
    'hosts.yaml': 'mail: { hosts: { mx1: } }\n',
    'secretive.ts': `import { playbook, v } from 'mailrun'
export default playbook({
  name: 'secretive',
  hosts: 'mail',
  vars: v.object({ pin: v.optional(v.secret()), list: v.optional(v.array(v.string())) }),
  tasks: () => [],
})
`,
  })
  mkdirSync(join(here.folder, 'bin'))
  writeFileSync(join(here.folder, 'bin/systemctl'), '#!/bin/sh\necho "$@" >> "$XDG_CONFIG_HOME/asked"\n')
  chmodSync(join(here.folder, 'bin/systemctl'), 0o755)
  process.env['PATH'] = `${join(here.folder, 'bin')}${delimiter}${process.env['PATH']}`
  process.env['XDG_CONFIG_HOME'] = here.folder
})
test.after(() => {
  Object.assign(process.env, { PATH: kept['PATH'] })
  if (kept['XDG_CONFIG_HOME'] === undefined) delete process.env['XDG_CONFIG_HOME']
  else process.env['XDG_CONFIG_HOME'] = kept['XDG_CONFIG_HOME']
  here.remove()
})

const schedule = (...words: readonly string[]): Promise<Ended> => here.mailrun('schedule', ...words)
const unit = (name: string): string => join(here.folder, 'systemd/user', name)
const textOf = (name: string): string => readFileSync(unit(name), 'utf8')

test('install writes a service and a timer, and starts it', async () => {
  const flags = ['-i', 'hosts.yaml', '--format', 'ndjson']
  const { code, stdout, stderr } = await schedule('install', 'audit', '--every', '6h', '--user', '--', ...flags)
  assert.is(code, 0, stderr)
  assert.match(stdout, 'every 6h: mailrun audit -i hosts.yaml --format ndjson\n')
  assert.match(stdout, 'journalctl --user -u mailrun-audit\n')
  const service = textOf('mailrun-audit.service')
  assert.match(service, `WorkingDirectory=${here.folder}\n`)
  assert.match(service, /ExecStart="[^"]*node" "[^"]*\/mailrun\.js" "audit" "-i" "hosts\.yaml" "--format" "ndjson"\n/)
  assert.not.match(service, 'SuccessExitStatus')
  assert.match(textOf('mailrun-audit.timer'), /OnUnitActiveSec=6h\n[^]*WantedBy=timers\.target\n/)
  assert.is(
    readFileSync(join(here.folder, 'asked'), 'utf8'),
    '--user daemon-reload\n--user enable mailrun-audit.timer\n--user restart mailrun-audit.timer\n',
  )
})

test('systemd takes the units, whatever stands in the words', async () => {
  copyFileSync(join(here.folder, 'secretive.ts'), join(here.folder, 'play %h $HOME "book".ts'))
  const words = ['./play %h $HOME "book".ts', '-i', 'back\\slash', '-e', "its='${x}; rm'"]
  const { code, stderr } = await schedule(
    'install',
    'check',
    '--every',
    '30min',
    '--name',
    'drift',
    '--user',
    '--',
    ...words,
  )
  assert.is(code, 0, stderr)
  assert.match(textOf('mailrun-drift.service'), String.raw`"./play %%h $$HOME \"book\".ts" "-i" "back\\slash"`)
  assert.match(textOf('mailrun-drift.service'), /"--check"\n/)
  execFileSync('systemd-analyze', ['--user', 'verify', unit('mailrun-drift.timer'), unit('mailrun-drift.service')], {
    env: { ...process.env, XDG_RUNTIME_DIR: here.folder },
    stdio: 'pipe',
  })
  const newline = await schedule('install', 'audit', '--every', '1d', '--name', 'x', '--user', '--', '-l', 'a\nb')
  assert.is(newline.code, 1)
  assert.match(newline.stderr, 'cannot stand in a unit of systemd')
})

test('secrets in files, encrypted ones and what only looks like one may stand there', async () => {
  const flags = [
    '-e',
    '@vars.yaml',
    '-e',
    '{ "dns": { "key_file": "/k", "via": "none" }, "token": "" }',
    '-e',
    await sealedVar(),
  ]
  const { code, stderr } = await schedule(
    'install',
    'audit',
    '--every',
    '6h',
    '--name',
    'own',
    '--user',
    '--',
    ...flags,
  )
  assert.is(code, 0, stderr)
  await schedule('remove', 'own', '--user')
})

test('waiting for a key is no failure of a rotation', async () => {
  assert.is((await schedule('install', 'rotate', '--every', '1d', '--user', '--', '-i', 'hosts.yaml')).code, 0)
  assert.match(textOf('mailrun-rotate.service'), 'SuccessExitStatus=6\n')
})

test('list has them all, and remove takes one away', async () => {
  const before = await schedule('list', '--user')
  assert.match(before.stdout, `audit: every 6h, mailrun audit -i hosts.yaml --format ndjson in ${here.folder}\n`)
  assert.is(before.stdout.split('\n').length, 4)
  const { code, stderr } = await schedule('remove', 'audit', '--user')
  assert.is(code, 0, stderr)
  assert.not.ok(existsSync(unit('mailrun-audit.timer')) || existsSync(unit('mailrun-audit.service')))
  assert.match(readFileSync(join(here.folder, 'asked'), 'utf8'), '--user disable --now mailrun-audit.timer\n')
  const again = await schedule('remove', 'audit', '--user')
  assert.is(again.code, 1)
  assert.match(again.stderr, 'there is no schedule audit; there are drift, rotate')
})

test('units that another project or somebody else wrote stay', async () => {
  writeFileSync(unit('mailrun-audit.timer'), '[Timer]\nOnCalendar=daily\n')
  const { code, stderr } = await schedule('install', 'audit', '--every', '6h', '--user', '--', '-i', 'hosts.yaml')
  assert.is(code, 1)
  assert.match(stderr, /mailrun-audit\.timer is there, and of another project: choose another name by --name/)
  assert.is(textOf('mailrun-audit.timer'), '[Timer]\nOnCalendar=daily\n')
})

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no action', [], /wanted: mailrun schedule install audit\|rotate\|check/],
  ['another job', ['install', 'ping', '--every', '6h'], /wanted: mailrun schedule install/],
  ['no time', ['install', 'audit', '--', '-i', 'x'], /--every/],
  ['a time that is none', ['install', 'audit', '--every', '6 hours'], /--every: a time is wanted, such as 30min/],
  ['a name with a path', ['install', 'audit', '--every', '6h', '--name', '../x'], /--name: small letters/],
  [
    'a flag that the job has not',
    ['install', 'audit', '--every', '6h', '--', '--chek'],
    /mailrun audit has no flag --chek/,
  ],
  [
    'a password among the words',
    ['install', 'audit', '--every', '6h', '--', '-i', 'x', '-e', 'relay_password=hunter2', '-e', 'bits=4096'],
    /--extra-vars: relay_password is secret, and everybody on this machine can read a unit: put it into a file/,
  ],
  [
    'what the playbook, or who gives it, calls a secret',
    ['install', 'check', '--every', '6h', '--', 'secretive.ts', '-e', 'pin=1234', '-e', '{ "a": { "b": !secret x } }'],
    /--extra-vars: pin, a\.b are secret/,
  ],
  [
    'extra vars that cannot be read',
    ['install', 'audit', '--every', '6h', '--', '-i', 'x', '-e', 'no assignment'],
    /--extra-vars: k=v, a mapping, or @FILE is wanted/,
  ],
  ['a check of nothing', ['install', 'check', '--every', '6h', '--', '-i', 'x'], /one playbook is wanted/],
  [
    'a password to be typed',
    ['install', 'audit', '--every', '6h', '--', '-i', 'x', '-K'],
    /nobody is there to be asked/,
  ],
]
for (const [what, words, message] of REFUSED)
  test(`it refuses ${what}`, async () => {
    const { code, stderr } = await schedule(...words)
    assert.is(code, 1)
    assert.match(stderr, message)
  })

test.run()
