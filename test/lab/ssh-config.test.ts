// ssh_config(5) as OpenSSH 9.2 itself reads it: the settings of a corpus and of random files are those of `ssh -G`, or
// both refuse. Needs no lab hosts.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { prepareController } from '../../lab/controller.ts'
import { cases } from '../fuzz/ssh-config.ts'
import { suite } from '../suite.ts'
import { CASES, type SshConfigCase } from './ssh-config-corpus.ts'
import { debianRevision, difference, mailrunSays, sshSays } from './ssh-oracle.ts'

const test = suite('lab: as ssh reads ssh_config')
const RANDOM = {
  seed: Number(process.env['MAILRUN_SSH_CONFIG_SEED'] ?? 7),
  count: Number(process.env['MAILRUN_SSH_CONFIG_COUNT'] ?? 300),
}
const here = import.meta.dirname

let folder: string
test.before(async () => {
  await prepareController()
  assert.ok(debianRevision() !== undefined, 'these are the settings of Debian 12, whose OpenSSH is 9.2p1')
  folder = mkdtempSync(join(tmpdir(), 'mailrun-ssh-config-'))
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

for (const [index, each] of CASES.entries()) {
  test(`${each.name}: ${each.hosts.length * (each.options?.length ?? 1)} pairs`, async () => {
    // What later security fixes changed is looked at where they are installed.
    if ((each.since ?? 0) > debianRevision()!) return
    const at = laidOut(each, index)
    for (const host of each.hosts) {
      for (const options of each.options ?? [[]]) {
        const given = options.map((word) => word.replaceAll('@/', `${at}/`))
        const words = given.includes('-F') ? given : ['-F', join(at, 'config'), ...given]
        const [ssh, ours] = [sshSays(words, host), await mailrunSays(words, host)]
        if (each.name.startsWith('refused') && each.hosts.length === 1)
          assert.ok('refused' in ssh, `${host}: ssh takes it`)
        if (each.stricter === undefined)
          assert.is(difference(ssh, ours), undefined, `${host} ${given.join(' ')}\n${difference(ssh, ours)}`)
        else assert.ok('refused' in ours && 'settings' in ssh, `${host}: ${each.stricter}`)
      }
    }
  })
}

test(`${RANDOM.count} random files, two hosts each, from seed ${RANDOM.seed}`, async () => {
  const file = join(folder, 'random')
  writeFileSync(file, '', { mode: 0o600 })
  let taken = 0
  for (const { text, hosts } of cases(RANDOM.seed, RANDOM.count)) {
    writeFileSync(file, text)
    for (const host of hosts) {
      const [ssh, ours] = [sshSays(['-F', file], host), await mailrunSays(['-F', file], host)]
      if ('settings' in ssh) taken += 1
      assert.is(difference(ssh, ours), undefined, `${host} with\n${text}\n${difference(ssh, ours)}`)
    }
  }
  assert.ok(taken > RANDOM.count / 2, `only ${taken} of them are sound`)
})

test('an included file of this owner and mode is read or refused as by ssh', async () => {
  const [main, part] = [join(folder, 'main'), join(folder, 'part')]
  writeFileSync(main, `Include ${part}\n`)
  writeFileSync(part, 'Port 77\n')
  for (const [mode, owner, group] of [
    [0o600, 0, 0],
    [0o644, 0, 0],
    [0o664, 0, 0],
    [0o666, 0, 0],
    [0o602, 0, 0],
    [0o000, 0, 0],
    [0o644, 12345, 0],
    [0o660, 0, 12345],
    [0o660, 0, 1],
    [0o660, 0, 8],
  ] as const) {
    chownSync(part, owner, group)
    chmodSync(part, mode)
    const words = ['-F', main]
    const [ssh, ours] = [sshSays(words, 'mx1'), await mailrunSays(words, 'mx1')]
    assert.is(difference(ssh, ours), undefined, `${mode.toString(8)} ${owner}:${group}: ${difference(ssh, ours)}`)
  }
  // The file after -F itself may have any.
  chmodSync(main, 0o666)
  rmSync(part)
  assert.is(difference(sshSays(['-F', main], 'mx1'), await mailrunSays(['-F', main], 'mx1')), undefined)
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

/** Arguments: the folder of the case, the home's .ssh, and the words of a command. */
const MOUNTS = `
mount --bind "$1/user" "$2" &&
mount --bind "$1/system" /etc/ssh &&
mount --bind "$1/hosts" /etc/hosts &&
exec "$3" "$4" "$5"`

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
      const pairs = ['mx1', 'SHORT', 'short', 'a.b', '127.1'].flatMap((host) =>
        [[], ['-p', '8'], ['-F', 'none'], ['-F', '/dev/null']].map((words) => ({ words, host })),
      )
      const said = execFileSync(
        'unshare',
        [
          '--mount',
          'sh',
          '-c',
          MOUNTS,
          'sh',
          root,
          home,
          process.execPath,
          join(here, 'ssh-config-here.js'),
          JSON.stringify(pairs),
        ],
        { encoding: 'utf8' },
      )
      const results = JSON.parse(said) as readonly {
        readonly host: string
        readonly words: readonly string[]
        readonly difference: string | null
        readonly settings: string
      }[]
      assert.is(results.length, pairs.length)
      for (const { host, words, difference: differs } of results)
        assert.is(differs, null, `${host} ${words.join(' ')}: ${differs}`)
      if (name === 'canonical names')
        assert.match(
          results.find(({ host }) => host === 'short')!.settings,
          /^hostname short\.example\.test$[^]*^port 5$/m,
        )
    } finally {
      if (isNew) rmdirSync(home)
    }
  })
}

test.run()
