// ssh_config(5): what hosts share of the answers of `ssh -G` is what each gets by itself, for a corpus and for random
// files, with the OpenSSH of the release. Needs no lab hosts.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { prepareController } from '../../lab/controller.ts'
import { keywordOf } from '../../src/ssh/config/keywords.ts'
import { destination } from '../../src/ssh/config/resolver.ts'
import type { Destination } from '../../src/ssh/config/share/destination.ts'
import { cases } from '../fuzz/ssh-config.ts'
import { suite } from '../suite.ts'
import { RELEASE } from './own-lab.ts'
import { CASES, type SshConfigCase } from './ssh-config-corpus.ts'
import type { Here } from './ssh-config-here.ts'
import { debianRevision, differencesOf, mounted, sshOf, sshSays, versionOf, type Count } from './ssh-oracle.ts'

const test = suite('lab: ssh_config as ssh reads it')
const RANDOM = {
  seed: Number(process.env['MAILRUN_SSH_CONFIG_SEED'] ?? 7),
  count: Number(process.env['MAILRUN_SSH_CONFIG_COUNT'] ?? 300),
}
const here = import.meta.dirname
/** Who is asked for along with a case's own hosts. */
const COMPANIONS: readonly Partial<Destination>[] = [
  { host: 'mx7' },
  { host: 'Other.example.org', user: 'anna', port: 2200 },
]

let folder: string
let program: string
test.before(async () => {
  await prepareController()
  folder = mkdtempSync(join(tmpdir(), 'mailrun-ssh-config-'))
  program = await sshOf(RELEASE, folder)
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

function laidOut({ files, isBytes }: SshConfigCase, index: number): string {
  const at = join(folder, String(index))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text.replaceAll('@/', `${at}/`), {
      encoding: isBytes ? 'latin1' : 'utf8',
      mode: 0o600,
    })
  }
  return at
}

/** After a port of the inventory's ssh does not look at another. A process each: no more than tell something. */
function companionsOf({ name, hosts }: SshConfigCase, words: readonly string[]): readonly Partial<Destination>[] {
  if (name.startsWith('refused') || words.includes('-p')) return []
  return hosts.length === 1 ? COMPANIONS.slice(-1) : COMPANIONS
}

const count: Count = { destinations: 0, questions: 0 }
const differences = (words: readonly string[], wanted: readonly Partial<Destination>[]): Promise<readonly string[]> =>
  differencesOf(program, words, wanted, count)

for (const [index, each] of CASES.entries()) {
  test(`${each.name}: ${each.hosts.length * (each.options?.length ?? 1)} pairs`, async () => {
    // What later security fixes changed is looked at where they are installed.
    if (RELEASE === 'bookworm' && (each.since ?? 0) > debianRevision(program)) return
    const at = laidOut(each, index)
    for (const options of each.options ?? [[]]) {
      const given = options.map((word) => word.replaceAll('@/', `${at}/`))
      const words = given.includes('-F') ? given : ['-F', join(at, 'config'), ...given]
      const wanted = [...each.hosts.map((host) => ({ host })), ...companionsOf(each, words)]
      assert.equal(await differences(words, wanted), [])
    }
  })
}

test(`${RANDOM.count} random files, four hosts each, from seed ${RANDOM.seed}`, async () => {
  const file = join(folder, 'random')
  writeFileSync(file, '', { mode: 0o600 })
  for (const { text, hosts } of cases(RANDOM.seed, RANDOM.count)) {
    writeFileSync(file, text)
    const found = await differences(['-F', file], [...hosts.map((host) => ({ host })), ...COMPANIONS])
    assert.equal(found, [], `with\n${text}`)
  }
})

test('many destinations share an answer', () => {
  const shared = count.destinations - count.questions
  assert.ok(shared > 300, `${count.questions} of ${count.destinations} were asked for`)
})

test('every keyword that ssh prints has its line in the table, and every default is known', () => {
  const verdict = sshSays(program, ['-F', 'none'], destination('mx1'))
  assert.ok('settings' in verdict)
  for (const { keyword, value } of verdict.settings) {
    const known = keywordOf(keyword)
    assert.ok(known !== undefined, `${keyword} of OpenSSH ${versionOf(program)} is not known`)
    if (known.defaults !== undefined && known.defaults !== 'list')
      assert.ok(known.defaults.includes(value), `${keyword} ${value} of OpenSSH ${versionOf(program)} is no default`)
  }
})

interface Mounted {
  readonly name: string
  /** In ~/.ssh. */
  readonly user: Readonly<Record<string, string>>
  /** In /etc/ssh. */
  readonly system: Readonly<Record<string, string>>
  readonly userMode?: number
}

const DEBIAN =
  'Include /etc/ssh/ssh_config.d/*.conf\n' +
  'Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n'
const USER =
  'Include mine.d/*\nHost mx1\n HostName short\n User u\n' +
  'Host short short.example.test\n Port 4\nIdentityFile ~/.ssh/one\nSendEnv MY LANG\n'
const MOUNTED: readonly Mounted[] = [
  {
    name: "the user's and the system's",
    user: { config: USER, 'mine.d/a': 'ConnectTimeout 3\nInclude ~/.ssh/b', b: 'Compression yes' },
    system: {
      ssh_config: `${DEBIAN}IdentityFile ~/.ssh/one\nIdentityFile ~/.ssh/two\nPort 9\n`,
      'ssh_config.d/10.conf': 'ServerAliveInterval 7\nInclude more.conf\n',
      'more.conf': 'LogLevel DEBUG\n',
    },
  },
  { name: 'none at all', user: {}, system: {} },
  { name: "only the system's", user: {}, system: { ssh_config: DEBIAN } },
  { name: "only the user's", user: { config: USER }, system: {} },
  { name: "the user's, writable by others", user: { config: USER }, system: { ssh_config: DEBIAN }, userMode: 0o666 },
  { name: "the system's with a home", user: {}, system: { ssh_config: 'Include ~/x\n' } },
  { name: "the system's with a fault", user: { config: USER }, system: { ssh_config: 'Port x\n' } },
  {
    name: 'canonical names',
    user: {
      config:
        'CanonicalizeHostname yes\nCanonicalDomains nowhere.test example.test\n' +
        'Match canonical host short.example.test\n Port 5\n' +
        'Match final originalhost short\n User canonical\nHost short.example.test\n Compression yes\n' +
        'Host short\n ConnectTimeout 4\n',
    },
    system: { ssh_config: DEBIAN },
  },
  {
    name: 'canonical names refused',
    user: {
      config:
        'CanonicalizeHostname yes\nCanonicalDomains nowhere.test\nCanonicalizeFallbackLocal no\n' +
        'CanonicalizeMaxDots 0\n',
    },
    system: {},
  },
]

for (const { name, user, system, userMode } of MOUNTED) {
  test(`without -F: ${name}`, () => {
    const root = mkdtempSync(join(folder, 'mounted-'))
    const lay = (under: string, files: Readonly<Record<string, string>>): void => {
      mkdirSync(join(root, under), { mode: 0o700 })
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, under, path)), { recursive: true })
        writeFileSync(join(root, under, path), text, { mode: 0o644 })
      }
    }
    lay('user', user)
    lay('system', system)
    if (userMode !== undefined) chmodSync(join(root, 'user/config'), userMode)
    // With the dot at its end, which the name has where ssh asks for it.
    writeFileSync(join(root, 'hosts'), '127.0.0.1 localhost\n127.0.0.9 short.example.test.\n')
    const home = join(userInfo().homedir, '.ssh')
    const isNew = !existsSync(home)
    mkdirSync(home, { recursive: true, mode: 0o700 })
    try {
      const hosts = ['mx1', 'SHORT', 'short', 'a.b', '127.1']
      const said = mounted(
        { [home]: join(root, 'user'), '/etc/ssh': join(root, 'system'), '/etc/hosts': join(root, 'hosts') },
        [process.execPath, join(here, 'ssh-config-here.js'), program, ...hosts],
      )
      const { differences: found, short, questions } = JSON.parse(said) as Here
      assert.equal(found, [])
      if (name === 'canonical names') assert.equal(short, ['short.example.test', '5'])
      if (name === "only the system's") assert.is(questions, 1, 'processes for 1,000 hosts')
      if (name === 'none at all') assert.is(questions, 0, 'processes for 1,000 hosts')
    } finally {
      if (isNew) rmdirSync(home)
    }
  })
}

test.run()
