// Canary secrets are planted wherever a secret can be, and all that leaves the process is searched for them: what it
// prints, what it and the hosts execute and write. Has a lab of its own.
import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { canary, foundIn, needlesOf, type Canary, type Needle } from './canaries.ts'
import { callsIn, follow, STRACE, type Call } from './syscalls.ts'
import { nameLab } from './own-lab.ts'

nameLab('secrets')
const lab = await import('../../lab/index.ts')
const test = suite('lab: secrets leave nowhere')

const HOSTS = ['mx1', 'mx2', 'mx3']
const FORMATS = ['text', 'json', 'ndjson']
const folder = mkdtempSync(join(tmpdir(), 'mailrun-secrets-'))
/** For the command: its temporary files and its cache, if it makes any. */
const [temporary, cache] = [join(folder, 'tmp'), join(folder, 'cache')]
const project = join(folder, 'project')

const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)
const sealedBytes = async (plain: string): Promise<Uint8Array> => {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(plain)
}
const sealed = async (plain: string): Promise<string> =>
  `!age |\n${armor
    .encode(await sealedBytes(plain))
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}`
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const PLAYBOOK = `
import { playbook, sh, v } from 'mailrun'
import { command, copy, directory, file, postfixMap, template, user } from 'mailrun/tasks'

export default playbook({
  name: 'canaries',
  hosts: 'mail',
  vars: v.object({
    inline: v.secret(),
    tagged: v.secret(),
    folder: v.secret(),
    nested: v.object({ list: v.array(v.string()) }),
    plain: v.string(),
    number: v.number(),
    extra: v.secret(),
    extra_file: v.secret(),
    hash: v.secret(),
    sasl: v.secret(),
    in_clear: v.secret(),
    typed: v.optional(v.secret(v.pipe(v.string(), v.maxLength(5)))),
    fails: v.optional(v.boolean(), false),
    throws: v.optional(v.boolean(), false),
  }),
  tasks: ({ vars, host }) => {
    if (vars.throws) throw new Error('the tasks cannot be made of ' + vars.inline.reveal())
    return [
      directory({ path: '/etc/canary', mode: '0700' }),
      file({ path: '/etc/canary/inline', content: vars.inline, mode: '0600' }),
      file({
        path: '/etc/canary/plain',
        content: 'password = ' + vars.plain + '\\nnumber = ' + vars.number + '\\n',
        mode: '0600',
      }),
      file({ path: '/etc/canary/nested', content: vars.nested.list.join('\\n'), mode: '0600' }),
      file({ path: '/etc/canary/key', source: 'files/tls.key', mode: '0600' }),
      copy({ src: 'files/tls.key', dest: '/etc/canary/key-copy', mode: '0600' }),
      template({
        src: 'templates/conf.ejs',
        dest: '/etc/canary/conf',
        vars: { password: vars.folder, tagged: vars.tagged },
        mode: '0600',
      }),
      template({
        src: 'templates/sealed.ejs',
        dest: '/etc/canary/sealed',
        vars: { host: host.name, extra: vars.extra, file: vars.extra_file, clear: vars.in_clear },
        mode: '0600',
      }),
      user({ user: 'canary', password: vars.hash }),
      ...(host.name === 'mx1' ? [
        file({ path: '/etc/postfix/canary_sasl', content: vars.sasl, mode: '0600' }),
        postfixMap({ path: '/etc/postfix/canary_sasl' }),
      ] : []),
      command({
        run: 'printenv CANARY | sha256sum > /etc/canary/environment',
        env: { CANARY: vars.inline },
        creates: '/etc/canary/environment',
      }),
      command({
        name: 'reads ' + vars.plain + ' and tells',
        run: sh\`printf '%s' \${vars.tagged} | sha256sum\`,
        tags: [vars.plain],
      }),
      // All that a program could make of a secret that it was given.
      ...(vars.fails ? [command({ run: sh\`
secret=\${vars.plain}
other=\${vars.inline}
echo "raw $secret"
printf 'user %s' "$other" | base64 -w 0
echo
printf 'us %s' "$other" | base64 -w 0
echo
printf '%s' "$secret" | od -An -tx1 | tr -d ' \\n'
echo
cat /etc/canary/key
set -x
: "$secret"
: "$other"
echo \${vars.number} >&2
exit 3\` })] : []),
    ]
  },
})
`

/** Those of all rounds: what was rotated is a secret still. */
const planted: Canary[] = []
let now: Readonly<Record<string, Canary>> = {}
let needles: readonly Needle[] = []

const PLAIN_CANARIES = [
  'inline',
  'tagged',
  'folder',
  'nested',
  'plain',
  'extra',
  'extra_file',
  'template',
  'in_clear',
  'connection',
  'become',
  'typed',
]

function newCanaries(): readonly Canary[] {
  const letters = (): string => canary('hash', '').value.replaceAll('-', '')
  const keyLines = [1, 2, 3].map((line) => canary(`key${line}`, '+/').value).join('\n')
  return [
    ...PLAIN_CANARIES.map((name) => canary(name)),
    { name: 'hash', value: `$6$${letters().slice(0, 16)}$${letters().repeat(4).slice(0, 86)}` },
    { name: 'sasl', value: `[relay.fleet.test]:587 user:${canary('sasl', '-').value}` },
    { name: 'number', value: String(4_000_000_000 + Math.floor(Math.random() * 1e9)) },
    { name: 'key', value: `-----BEGIN PRIVATE KEY-----\n${keyLines}\n-----END PRIVATE KEY-----\n` },
  ]
}

const valueOf = (name: string): string => now[name]!.value
function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(project, path)), { recursive: true })
  writeFileSync(join(project, path), content)
}

async function writeInventories(): Promise<void> {
  write(
    'hosts.yaml',
    [
      'mail:',
      '  hosts:',
      ...HOSTS.map((host) => `    ${host}:`),
      '  vars:',
      `    inline: ${await sealed(valueOf('inline'))}`,
      `    plain: ${await sealed(`${valueOf('plain')}\n`)}`,
      `    number: ${await sealed(`${valueOf('number')}\n`)}`,
      `    tagged: !secret ${quoted(valueOf('tagged'))}`,
      `    hash: ${await sealed(valueOf('hash'))}`,
      `    sasl: ${await sealed(valueOf('sasl'))}`,
      '',
    ].join('\n'),
  )
  // Only the playbook says that it is secret.
  write('clear.yaml', ['mail:', '  vars:', `    in_clear: ${quoted(valueOf('in_clear'))}`, ''].join('\n'))
  const noLogin = [
    `ansible_host: ${await lab.address('mx1')}`,
    'ansible_user: nobody',
    `ansible_password: ${quoted(valueOf('connection'))}`,
    'ansible_private_key_file: /dev/null',
    'ansible_become: true',
    `ansible_become_password: ${quoted(valueOf('become'))}`,
  ].join(', ')
  write('unreachable.yaml', ['mail:', '  hosts:', `    no-login: { ${noLogin} }`, ''].join('\n'))
  write('wrong.yaml', ['mail:', '  vars:', `    typed: ${quoted(valueOf('typed'))}`, ''].join('\n'))
}

async function writeOtherVars(): Promise<void> {
  write(
    'group_vars/mail.yaml.age',
    await sealedBytes(`folder: ${quoted(valueOf('folder'))}\nnested: { list: [${quoted(valueOf('nested'))}] }\n`),
  )
  write('extra.yaml', armor.encode(await sealedBytes(`extra_file: ${quoted(valueOf('extra_file'))}\n`)))
  write('extra-clear.yaml', `extra: ${quoted(valueOf('extra'))}\n`)
}

async function writeFilesAndTemplates(): Promise<void> {
  write('files/tls.key', await sealedBytes(valueOf('key')))
  write('templates/conf.ejs', 'user = canary\npassword = <%= password %>\nother = <%= tagged %>\n')
  write(
    'templates/sealed.ejs',
    armor.encode(
      await sealedBytes(`# ${valueOf('template')}\nhost <%= host %>\n<%= extra %>\n<%= file %>\n<%= clear %>\n`),
    ),
  )
}

const identityNeedles = needlesOf({ name: 'identity', value: identity })

/** Other values everywhere. */
async function plant(): Promise<void> {
  now = Object.fromEntries(newCanaries().map((each) => [each.name, each]))
  planted.push(...Object.values(now))
  needles = [...planted.flatMap(needlesOf), ...identityNeedles].filter(
    ({ bytes }) => !bytes.toString().startsWith('-----'),
  )
  await writeInventories()
  await writeOtherVars()
  await writeFilesAndTemplates()
}

/** Whether a call writes to a file, and not to a device, a pipe or a socket. */
const isFile = (path: string): boolean => path.startsWith('/') && !path.startsWith('/dev/')

let outputs = 0
interface Ended {
  readonly code: number | null
  readonly text: string
  readonly calls: readonly Call[]
}
/** Fails where a canary is in what it prints, executes or writes to a file. */
async function mailrun(
  words: readonly string[],
  { traced = false, inventory = ['hosts.yaml', 'clear.yaml', lab.inventoryPath] } = {},
): Promise<Ended> {
  const log = join(folder, 'controller.strace')
  const [program, ...flags] = [
    ...(traced ? [...STRACE, log] : []),
    process.execPath,
    MAIN,
    ...words,
    ...inventory.flatMap((each) => ['-i', each]),
    '--age-identity',
    join(folder, 'identity'),
  ]
  const { FORCE_COLOR: _, ...inherited } = process.env
  const child = spawn(program, flags, {
    cwd: project,
    env: { ...inherited, TMPDIR: temporary, XDG_CACHE_HOME: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const text = Buffer.concat(chunks)
  outputs += 1
  assert.equal(foundIn(text, needles), [], `${words.join(' ')}:\n${text.toString()}`)
  const calls = traced ? callsIn(log) : []
  for (const call of calls) {
    if (call.kind === 'execve')
      assert.equal(
        [...foundIn(call.argv, needles), ...foundIn(call.environment, needles)],
        [],
        `executed: ${call.argv.toString()}`,
      )
    else if (isFile(call.path)) assert.equal(foundIn(call.data, needles), [], `written to ${call.path}`)
  }
  return { code, text: text.toString(), calls }
}

const ALL = ['-e', '@extra.yaml', '-e', '@extra-clear.yaml', '--become-password-file', lab.becomePasswordFile]
const run = (...words: readonly string[]): readonly string[] => ['canaries.ts', ...ALL, ...words]

test.before(async () => {
  await lab.labPrograms({ strace: '/usr/bin/strace' })
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  for (const each of [temporary, cache, project, join(project, 'node_modules')]) mkdirSync(each)
  for (const name of ['valibot']) symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name))
  symlinkSync(ROOT, join(project, 'node_modules/mailrun'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(project, 'canaries.ts'), PLAYBOOK)
  writeFileSync(join(folder, 'identity'), `${identity}\n`, { mode: 0o600 })
  const password = readFileSync(lab.becomePasswordFile, 'utf8').trim()
  planted.push({ name: 'sudo password', value: password })
  await plant()
})
test.after(async () => {
  await lab.labDown()
  rmSync(folder, { recursive: true, force: true })
})

/** What is printed before any host is touched. */
for (const format of FORMATS) {
  test(`${format}: lists, inventories and everything that keeps a run from starting`, async () => {
    const reported = ['--format', format]
    assert.is((await mailrun(run('--list-hosts', ...reported))).code, 0)
    const list = await mailrun(run('--list-tasks', ...reported), { traced: format === 'text' })
    assert.is(list.code, 0, list.text)
    assert.match(list.text, '********')
    for (const what of [['--list'], ['--host', 'mx1'], ...(format === 'text' ? [['--graph']] : [])])
      assert.is(
        (
          await mailrun(['inventory', ...what, '-e', '@extra.yaml', ...reported], {
            inventory: ['hosts.yaml', 'unreachable.yaml'],
          })
        ).code,
        0,
      )
    const wrong = [
      await mailrun(run('--check', ...reported), {
        inventory: ['hosts.yaml', 'clear.yaml', 'wrong.yaml', lab.inventoryPath],
      }),
      await mailrun(run('-e', 'throws=true', ...reported)),
      await mailrun(run('-e', `number=${now['extra']!.value.replace(/['" ]/g, '')}`, ...reported)),
      await mailrun(run('--tags', 'nobody-has-this', ...reported)),
    ]
    for (const { code, text } of wrong) assert.is(code, 1, text)
    assert.match(wrong[0]!.text, 'typed')
    assert.match(wrong[1]!.text, 'the tasks cannot be made of ********')
    const unreachable = await mailrun(run('-T', '5', ...reported), {
      inventory: ['hosts.yaml', 'clear.yaml', 'unreachable.yaml', lab.inventoryPath],
    })
    assert.is(unreachable.code, 4, unreachable.text)
  })
}

/** Where a secret is meant to be, and in which process's environment. */
const MEANT = /^\/etc\/(?:canary\/|postfix\/(?:\.?canary_sasl|__db\.canary_sasl)|(?:g?shadow|passwd|group|\.pwd)[^/]*$)/
/** What a command prints goes by a pipe of root's into a file that is root's to read until the next run. */
const OUTPUT = /^\/run\/mailrun\/(?:out\.\d+|in\.mailrun-[0-9a-f]+\.\d+)$/

async function watched<T>(
  what: () => Promise<T>,
): Promise<{ readonly value: T; readonly calls: ReadonlyMap<string, readonly Call[]> }> {
  const stops = await Promise.all(
    HOSTS.map(async (host) => [host, await follow([await sshdOf(host)], join(folder, `${host}.strace`))] as const),
  )
  const value = await what()
  return { value, calls: new Map(await Promise.all(stops.map(async ([host, stop]) => [host, await stop()] as const))) }
}

async function sshdOf(host: string): Promise<number> {
  const leader = await lab.hostLeader(host)
  const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8').trim().split(' ').map(Number)
  return children.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sshd')!
}

function nothingIn(calls: ReadonlyMap<string, readonly Call[]>, fails: boolean): void {
  const isMeant = (path: string): boolean => MEANT.test(path) || (fails && OUTPUT.test(path))
  for (const [host, all] of calls) {
    assert.ok(all.filter(({ kind }) => kind === 'execve').length > 10, `${host}: ${all.length} calls`)
    for (const call of all) {
      if (call.kind === 'execve') {
        assert.equal(foundIn(call.argv, needles), [], `${host} executed ${call.argv.toString()}`)
        // The one variable that the playbook asked for; its program and what that starts have it.
        assert.equal(
          foundIn(call.environment.toString('latin1').replace(/"CANARY=[^]*?"(?=, "|\])/, ''), needles),
          [],
          `${host}: environment of ${call.argv.toString()}`,
        )
      } else if (isFile(call.path) && !isMeant(call.path))
        assert.equal(foundIn(call.data, needles), [], `${host} wrote ${call.path}`)
    }
  }
}

/** The host's files as they are now, those in memory too. */
async function nothingOn(host: string): Promise<number> {
  const root = `/proc/${await lab.hostLeader(host)}/root`
  let files = 0
  const look = (path: string): void => {
    const is = lstatSync(root + path, { throwIfNoEntry: false })
    if (is?.isDirectory()) for (const name of readdirSync(root + path)) look(join(path, name))
    else if (is?.isFile() && is.size < 1 << 26) {
      files += 1
      const found = existsSync(root + path) ? foundIn(readFileSync(root + path), needles) : []
      if (found.length === 0) return
      assert.match(path, new RegExp(`${MEANT.source}|${OUTPUT.source}`), `${host}: ${found.join(', ')}`)
      assert.is(statSync(root + path).mode & 0o007, 0, `${host}: ${path}`)
    }
  }
  for (const path of [
    '/etc',
    '/tmp',
    '/var/tmp',
    '/var/log',
    '/var/lib/mailrun',
    '/var/spool',
    '/run',
    '/root',
    '/home',
    '/usr/local',
  ])
    look(path)
  const journal = await lab.hostExec(host, 'journalctl --no-pager -o export 2>/dev/null | head -c 50000000')
  assert.equal(foundIn(journal.stdout, needles), [], `${host}: journal`)
  return files
}

const ROUND = 'a check, a run, one that finds all done, secrets rotated, and a failure: on both sides'

for (const format of FORMATS) {
  test(`${format}: ${ROUND}`, async () => {
    const reported = ['--diff', '--verbose', '--format', format]
    assert.is((await mailrun(run('--check', ...reported))).code, 2)
    const made = await watched(() => mailrun(run(...reported), { traced: true }))
    assert.is(made.value.code, 0, made.value.text)
    nothingIn(made.calls, false)
    assert.is((await mailrun(run('--check', ...reported), { traced: true })).code, 2)
    const before = now
    await plant()
    const check = await mailrun(run('--check', ...reported))
    assert.is(check.code, 2)
    const rotated = await watched(() => mailrun(run(...reported), { traced: true }))
    assert.is(rotated.value.code, 0, rotated.value.text)
    assert.match(
      (await lab.hostExec('mx3', 'cat /etc/canary/inline /etc/canary/plain /etc/canary/key /etc/canary/conf')).stdout,
      now['folder']!.value,
    )
    assert.is.not(before['inline']!.value, now['inline']!.value)
    nothingIn(rotated.calls, false)
    const failed = await watched(() => mailrun(run('-e', 'fails=true', ...reported), { traced: true }))
    assert.is(failed.value.code, 3, failed.value.text)
    assert.match(failed.value.text, 'raw ********')
    nothingIn(failed.calls, true)
    for (const host of HOSTS) assert.ok((await nothingOn(host)) > 100)
  })
}

test('after the next run nothing is left of what the failed command printed', async () => {
  assert.is((await mailrun(run())).code, 0)
  for (const host of HOSTS) {
    const { stdout } = await lab.hostExec(
      host,
      'ls -A /run/mailrun; stat -c "%a %U" /run/mailrun; ls -d /etc/canary/.*.mailrun-new 2>/dev/null',
    )
    assert.not.match(stdout, 'out.')
    assert.match(stdout, '700 root')
  }
})

test('the controller keeps no secret in its cache or in temporary files', () => {
  const files = (path: string): readonly string[] =>
    existsSync(path)
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .map((name) => join(path, name))
          .filter((each) => lstatSync(each).isFile())
      : []
  assert.equal(files(temporary), [])
  for (const path of files(cache)) assert.equal(foundIn(readFileSync(path), needles), [], path)
  console.log(`${planted.length} canaries, ${needles.length} needles, ${outputs} outputs`)
})

test.run()
