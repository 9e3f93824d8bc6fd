// Host keys: on a corpus of known_hosts files and names mailrun decides as the real OpenSSH does, against a real sshd.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import * as assert from 'uvu/assert'
import { CIPHERS, HOST_KEYS, KEX, MACS } from '../../src/ssh/client/algorithms.ts'
import { hostKeyCheck, type HostKeyVerdict } from '../../src/ssh/host-keys/host-key.ts'
import type { HostKeySource } from '../../src/ssh/host-keys/host-key-source.ts'
import { knownHostsName } from '../../src/ssh/host-keys/host-name.ts'
import { keysFor, readKnownHosts } from '../../src/ssh/host-keys/known-hosts.ts'
import { plainType } from '../../src/ssh/login-keys/public-key.ts'
import { ed25519Key, rsaKey } from '../host-keys.ts'
import { suite } from '../suite.ts'
import { corpus, TARGETS, type CorpusFile, type CorpusTarget } from './known-hosts-corpus.ts'
import { nameLab } from './own-lab.ts'

// Before the lab is imported: its library works on the lab that this names.
nameLab('knownhosts-test')
const lab = await import('../../lab/index.ts')

const test = suite('known_hosts as OpenSSH')
const run = promisify(execFile)

const PORT = 2200
const AT_ONCE = 4
const folder = mkdtempSync(join(tmpdir(), 'known-hosts-'))
let server = { address: '', ed25519: '', ecdsa: '', rsa: '' }
const wrong = { wrong: ed25519Key('wrong').text, wrongRsa: rsaKey(2048).text }

/** Makes the server's keys, starts it, prints the public keys, and ends once it listens. */
const START_SERVER = `
rm -rf /run/oracle
mkdir /run/oracle
cd /run/oracle
for type in ed25519 ecdsa rsa; do
  ssh-keygen -q -N '' -C '' -t $type -f $type
done
systemctl stop oracle-sshd 2>/dev/null
systemd-run -q --unit=oracle-sshd \\
  /usr/sbin/sshd -D -f /dev/null -p ${PORT} -o MaxStartups=1000 -o LoginGraceTime=5 \\
  -h /run/oracle/ed25519 -h /run/oracle/ecdsa -h /run/oracle/rsa
cat ed25519.pub ecdsa.pub rsa.pub
until ss -ltn | grep -q :${PORT}; do sleep 0.1; done`

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  const { code, stdout, stderr } = await lab.hostExec('mx1', START_SERVER)
  assert.is(code, 0, stderr)
  const [ed25519 = '', ecdsa = '', rsa = ''] = stdout.split('\n').map((line) => line.split(' ').slice(0, 2).join(' '))
  server = { address: await lab.address('mx1'), ed25519, ecdsa, rsa }
})
test.after(async () => {
  await lab.labDown()
  rmSync(folder, { recursive: true, force: true })
})

type Outcome = 'accepted' | 'unknown' | 'changed' | 'revoked'

interface Files {
  readonly user: string
  readonly global: string
  readonly revoked?: string
}

/** The real ssh, up to where it would log in. */
async function opensshSays(
  { host, port, alias }: CorpusTarget,
  { user, global, revoked }: Files,
  strict: HostKeySource['strict'] = 'yes',
): Promise<Outcome> {
  const options = {
    StrictHostKeyChecking: strict,
    UserKnownHostsFile: user,
    GlobalKnownHostsFile: global,
    UpdateHostKeys: 'no',
    HashKnownHosts: 'no',
    CheckHostIP: 'no',
    BatchMode: 'yes',
    PreferredAuthentications: 'none',
    ProxyCommand: `bash -c "exec 2>/dev/null 3<>/dev/tcp/${server.address}/${PORT}; cat <&3 & exec cat >&3"`,
    ...(alias === undefined ? {} : { HostKeyAlias: alias }),
    ...(revoked === undefined ? {} : { RevokedHostKeys: revoked }),
  }
  const args = [
    '-F',
    '/dev/null',
    '-l',
    'nobody',
    '-p',
    String(port),
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    '--',
    host,
    'true',
  ]
  const said = await run('ssh', args).then(
    ({ stderr }) => stderr,
    (error: { readonly stderr: string }) => error.stderr,
  )
  if (/REVOKED HOST KEY|revoked by file/.test(said)) return 'revoked'
  if (said.includes('IDENTIFICATION HAS CHANGED')) return 'changed'
  if (/No \S+ host key is known/.test(said)) return 'unknown'
  if (said.includes('Permission denied')) return 'accepted'
  throw new Error(`ssh says something else of ${host}: ${said}`)
}

const sourceOf = ({ host, port, alias }: CorpusTarget, { user, global, revoked }: Files): HostKeySource => ({
  host,
  port,
  alias,
  ip: undefined,
  userFiles: [user],
  globalFiles: [global],
  revokedHostKeys: revoked,
  strict: 'yes',
  hash: false,
  proxied: false,
})

/** mailrun, given the key that the server would show for the algorithms in this order (RFC 4253, section 7.1). */
function mailrunSays(source: HostKeySource): HostKeyVerdict {
  const check = hostKeyCheck(source)
  const keys = [server.ed25519, server.ecdsa, server.rsa].map((text) => text.split(' ') as [string, string])
  const shown = check
    .algorithms(HOST_KEYS)
    .flatMap((algorithm) => keys.filter(([type]) => type === plainType(algorithm)))[0]!
  return check.verify(Buffer.from(shown[1], 'base64'))
}

const outcomeOf = ({ kind }: HostKeyVerdict): string => (kind === 'authority' ? 'unknown' : kind)

function filesOf({ user, global }: CorpusFile, index: number): Files {
  const paths = { user: join(folder, `user${index}`), global: join(folder, `global${index}`) }
  writeFileSync(paths.user, user, 'latin1')
  writeFileSync(paths.global, global, 'latin1')
  return paths
}

test('on every file and name mailrun accepts and refuses as ssh does, and for the same reason', async () => {
  const limit = pLimit(AT_ONCE)
  const pairs = corpus({ ...server, ...wrong }).flatMap((file, index) => {
    const files = filesOf(file, index)
    return TARGETS.map((target) => ({ title: file.title, files, target }))
  })
  assert.ok(pairs.length >= 500)
  const counts: Record<string, number> = {}
  const different = await Promise.all(
    pairs.map(({ title, files, target }) =>
      limit(async () => {
        const theirs = await opensshSays(target, files)
        const ours = outcomeOf(mailrunSays(sourceOf(target, files)))
        counts[theirs] = (counts[theirs] ?? 0) + 1
        if (theirs === ours) return []
        const alias = target.alias ? ` as ${target.alias}` : ''
        return [`${title}: ${target.host} port ${target.port}${alias}: ssh ${theirs}, mailrun ${ours}`]
      }),
    ),
  )
  console.log(`${pairs.length} pairs: ${JSON.stringify(counts)}`)
  assert.equal(different.flat(), [])
  for (const outcome of ['accepted', 'unknown', 'changed', 'revoked']) assert.ok((counts[outcome] ?? 0) >= 10, outcome)
})

test('the lines that ssh-keygen -F finds for a name are the lines that mailrun finds', async () => {
  const limit = pLimit(AT_ONCE)
  const names = TARGETS.map(({ host, port, alias }) => alias?.toLowerCase() ?? knownHostsName(host, port))
  const different = await Promise.all(
    corpus({ ...server, ...wrong }).flatMap((file, index) => {
      const { user } = filesOf(file, index)
      return [...new Set(names)].map((name) =>
        limit(async () => {
          const { stdout } = await run('ssh-keygen', ['-l', '-F', name, '-f', user]).catch(
            (error: { readonly stdout: string }) => error,
          )
          const theirs = [...stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line))
          const ours = keysFor(readKnownHosts(user), name).map(({ line }) => line)
          return theirs.join() === ours.join()
            ? []
            : [`${file.title}: ${name}: ssh-keygen ${theirs.join()}, mailrun ${ours.join()}`]
        }),
      )
    }),
  )
  assert.equal(different.flat(), [])
})

test('RevokedHostKeys: plain lists and lists made by ssh-keygen -k, as ssh takes them', async () => {
  const target = TARGETS[0]!
  const files = filesOf({ title: '', user: `* ${server.ed25519}\n`, global: '' }, 9000)
  const at = (name: string, text: string): string => (writeFileSync(join(folder, name), text), join(folder, name))
  const krl = async (name: string, ...args: readonly string[]): Promise<string> => (
    await run('ssh-keygen', ['-q', '-k', '-f', join(folder, name), ...args]),
    join(folder, name)
  )
  const [mine, other] = [at('mine.pub', `${server.ed25519}\n`), at('other.pub', `${wrong.wrong}\n`)]
  const [sha1, sha256] = [at('sha1', `sha1: ${server.ed25519}\n`), at('sha256', `sha256: ${server.ed25519}\n`)]
  const lists = {
    mine,
    other,
    comments: at('comments', `# no\n\n${server.ed25519} of mx1\n`),
    keys: await krl('keys.krl', mine, other),
    none: await krl('none.krl', other),
    sha1: await krl('sha1.krl', sha1),
    sha256: await krl('sha256.krl', sha256),
  }
  for (const [name, revoked] of Object.entries(lists)) {
    const theirs = await opensshSays(target, { ...files, revoked })
    assert.is(theirs, name === 'other' || name === 'none' ? 'accepted' : 'revoked', name)
    assert.is(outcomeOf(mailrunSays(sourceOf(target, { ...files, revoked }))), theirs, name)
  }
})

test('accept-new: the line is the one that ssh writes, and ssh accepts the host by it, hashed or not', async () => {
  for (const [index, target] of TARGETS.entries()) {
    const [theirs, ours, hashed] = ['theirs', 'ours', 'hashed'].map((name) => ({
      user: join(folder, `${name}-new-${index}`),
      global: '/dev/null',
    })) as [Files, Files, Files]
    assert.is(await opensshSays(target, theirs, 'accept-new'), 'accepted')
    assert.is(mailrunSays({ ...sourceOf(target, ours), strict: 'accept-new' }).kind, 'recorded')
    assert.is(readFileSync(ours.user, 'latin1'), readFileSync(theirs.user, 'latin1'))
    assert.is(mailrunSays({ ...sourceOf(target, hashed), strict: 'accept-new', hash: true }).kind, 'recorded')
    for (const files of [ours, hashed]) assert.is(await opensshSays(target, files), 'accepted')
    assert.is(mailrunSays(sourceOf(target, theirs)).kind, 'accepted')
  }
})

test('accept-new: a changed key is refused by both, and neither writes', async () => {
  const text = `* ${wrong.wrong}\n`
  const files = filesOf({ title: '', user: text, global: '' }, 9001)
  assert.is(await opensshSays(TARGETS[0]!, files, 'accept-new'), 'changed')
  assert.is(mailrunSays({ ...sourceOf(TARGETS[0]!, files), strict: 'accept-new' }).kind, 'changed')
  assert.is(readFileSync(files.user, 'latin1'), text)
})

test("every algorithm that is offered is one of OpenSSH's own defaults", async () => {
  const { stdout } = await run('ssh', ['-G', '-F', '/dev/null', 'mx1'])
  const defaults = (option: string): readonly string[] =>
    new RegExp(`^${option} (.*)$`, 'm').exec(stdout)![1]!.split(',')
  for (const [option, offered] of [
    ['kexalgorithms', KEX],
    ['hostkeyalgorithms', HOST_KEYS],
    ['ciphers', CIPHERS],
    ['macs', MACS],
  ] as const) {
    assert.equal(
      offered.filter((each) => !defaults(option).includes(each)),
      [],
      option,
    )
  }
})

test.run()
