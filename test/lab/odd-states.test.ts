// Odd states of a real host: held, virtual and half-installed packages, old lists, owners by number, setuid files,
// guards that stay as they are. Has a lab of its own.
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { outputIn } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('odd')
const lab = await import('../../lab/index.ts')
const test = suite('lab: odd states')

let here: Project
type Host = RunDocument['hosts'][number]
const HEAD = `import { playbook, v, sh, Secret } from 'mailrun'\nimport * as t from 'mailrun/tasks'\n`

/** @param tasks - text of the list. */
async function run(tasks: string, ...words: readonly string[]): Promise<Host> {
  const { stdout, stderr } = await here.mailrun(
    'odd.mjs',
    '--format',
    'json',
    '-i',
    lab.inventoryPath,
    '-e',
    `tasks=${Buffer.from(tasks).toString('base64url')}`,
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  return (JSON.parse(stdout) as RunDocument).hosts[0]!
}
/** A check, the run that it predicts, and a second run that finds nothing to do. */
async function predictedAndKept(tasks: string): Promise<Host> {
  const check = await run(tasks, '--check')
  const made = await run(tasks)
  assert.is(made.status, 'changed', JSON.stringify(made))
  assert.equal(
    check.tasks.map(({ status, changes }) => [status === 'would-change' ? 'changed' : status, changes]),
    made.tasks.map(({ status, changes }) => [status, changes]),
  )
  const again = await run(tasks)
  assert.is(again.status, 'ok', JSON.stringify(again))
  return made
}
const inMx1 = (script: string): Promise<string> => outputIn('mx1', script)
const version = (): Promise<string> => inMx1("dpkg-query -W -f '${db:Status-Abbrev}${Version}' mailrun-canary || :")
const install = (wanted: string): Promise<string> =>
  inMx1(`
apt-mark -q unhold mailrun-canary >/dev/null 2>&1
apt-get -qq update &&
DEBIAN_FRONTEND=noninteractive apt-get -qqy --allow-downgrades install mailrun-canary=${wanted} >/dev/null 2>&1`)
const OLD_LISTS = 'touch -d "3 hours ago" /var/lib/apt/lists'
/** Until the next fetch, apt's lists know nothing newer. */
const FORGET_2 = `
for f in /var/lib/apt/lists/*_Packages; do
  awk '
    BEGIN { RS=""; ORS="\\n\\n" }
    !(/^Package: mailrun-canary\\n/ && /\\nVersion: 2.0\\n/)
  ' "$f" > /tmp/lists && cat /tmp/lists > "$f"
done`

/** The tasks of each test come as a var, so that one playbook does for all. */
const PLAYBOOK = `${HEAD}export default playbook({
  name: 'odd',
  hosts: 'mail',
  vars: v.object({ tasks: v.string() }),
  tasks: ({ vars }) =>
    new Function('t', 'sh', 'Secret', 'return [' + Buffer.from(vars.tasks, 'base64url') + ']')(t, sh, Secret),
})
`

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'odd.mjs': PLAYBOOK })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

const LATEST = "t.apt({ packages: ['mailrun-canary'], state: 'latest' })"

test('latest, by old lists that know nothing newer: cannot be known by a check, done by the run', async () => {
  await install('1.0')
  await inMx1(`${FORGET_2}; ${OLD_LISTS}`)
  assert.equal((await run(LATEST, '--check')).tasks[0]!.status, 'assumed')
  const made = await run(LATEST)
  assert.is(made.status, 'changed', JSON.stringify(made))
  assert.is(await version(), 'ii 2.0')
  assert.is((await run(LATEST)).status, 'ok')
})

test('latest, by old lists, with nothing newer: the lists are fetched, and nothing has changed', async () => {
  await inMx1(OLD_LISTS)
  const made = await run(LATEST)
  assert.equal([made.status, made.tasks[0]!.status, made.tasks[0]!.changes], ['ok', 'ok', []])
  assert.ok(Number(await inMx1('echo $(( $(date +%s) - $(stat -c %Y /var/lib/apt/lists) ))')) < 300)
  await inMx1(OLD_LISTS)
  assert.is((await run("t.apt({ packages: ['mailrun-canary'], state: 'latest', cacheValidSeconds: 0 })")).status, 'ok')
})

test(
  'a held package: left alone by latest, refused otherwise, ' + 'changed and held again where that is allowed',
  async () => {
    await install('1.0')
    await inMx1('apt-mark hold mailrun-canary')
    assert.is((await run(LATEST)).status, 'ok')
    assert.match(
      (await run("t.apt({ packages: ['mailrun-canary'], state: 'absent' })", '--check')).error ?? '',
      /mailrun-canary is held: release it/,
    )
    await predictedAndKept("t.apt({ packages: [{ name: 'mailrun-canary', version: '2.0' }], allowHeld: true })")
    assert.is(await version(), 'hi 2.0')
    await predictedAndKept("t.apt({ packages: ['mailrun-canary'], state: 'absent', allowHeld: true })")
    await inMx1('apt-mark unhold mailrun-canary || :')
  },
)

test('a virtual package that an installed one provides is there', async () => {
  const { status } = await run(`t.apt({
    packages: ['mail-transport-agent', 'libc6:amd64', 'libc6'].filter(
      (name) => process.arch === 'x64' || !name.includes(':'),
    ),
  })`)
  assert.is(status, 'ok')
})

test('a half-installed package that must be installed again is', async () => {
  await install('2.0')
  await inMx1(
    "sed -i '/^Package: mailrun-canary$/,/^$/s/^Status: .*/Status: install reinstreq half-installed/' " +
      '/var/lib/dpkg/status',
  )
  assert.is(await version(), 'iHR2.0')
  await predictedAndKept("t.apt({ packages: ['mailrun-canary'] })")
  assert.is(await version(), 'ii 2.0')
})

test('groups: the primary one among the others, the own one, one that is not there', async () => {
  await predictedAndKept(`
    t.user({ user: 'u1', group: 'mail', groups: ['mail', 'daemon'] }),
    t.user({ user: 'u2', groups: ['u2'] }),
    t.group({ group: 'later' }),
    t.user({ user: 'u3', groups: ['later'] }),
  `)
  assert.is(await inMx1('id -Gn u1; id -Gn u2; id -Gn u3'), 'mail daemon\nu2\nu3 later\n')
  assert.match(
    (await run("t.user({ user: 'u4', group: 'nosuch' })", '--check')).error ?? '',
    /there is no group nosuch/,
  )
})

test('homes: of a new user and of an old one, with what is foreseen in them', async () => {
  await inMx1('useradd -M -d /srv/homes/old old; useradd -M default')
  await predictedAndKept(`
    t.directory({ path: '/srv/homes' }),
    t.user({ user: 'old', createHome: true, home: '/srv/homes/old' }),
    t.user({ user: 'new', createHome: true, home: '/srv/homes/new' }),
    t.directory({ path: '/srv/homes/new/.ssh', owner: 'new' }),
    t.user({ user: 'default', createHome: true }),
  `)
  assert.is(
    await inMx1("stat -c '%U %F' /srv/homes/old /srv/homes/new /home/default; ls -A /srv/homes/old | grep -c bashrc"),
    'old directory\nnew directory\ndefault directory\n1\n',
  )
})

test('owners by number, by every task that takes one', async () => {
  await inMx1("printf 'a\\n' > /srv/lines")
  const made = await predictedAndKept(`
    t.file({ path: '/srv/n1', content: 'x', owner: '8', group: '4321' }),
    t.directory({ path: '/srv/n2', owner: '1', group: '0' }),
    t.lineInFile({ path: '/srv/lines', line: 'b', owner: '8' }),
    t.blockInFile({ path: '/srv/block', block: 'x', content: 'y', create: true, group: '8' }),
    t.owner({ path: '/srv/n1', owner: '8' }),
  `)
  assert.equal(
    made.tasks.map(({ status }) => status),
    ['changed', 'changed', 'changed', 'changed', 'ok'],
  )
  assert.is(
    await inMx1("stat -c '%U:%g' /srv/n1 /srv/n2 /srv/lines /srv/block"),
    'mail:4321\ndaemon:0\nmail:0\nroot:8\n',
  )
})

const SETUID_FILES = `
cd /srv &&
touch s1 &&
chmod 4755 s1 &&
mkdir -m 2755 tree &&
touch tree/roots tree/theirs tree/right &&
chown mail tree/theirs &&
chown daemon tree/right &&
chmod 2751 tree/*`

test("setuid and setgid bits outlast a change of owner; below a directory, on files that were root's", async () => {
  await inMx1(SETUID_FILES)
  const before = await inMx1('stat -c %.Z /srv/tree/right')
  await predictedAndKept(`
    t.file({ path: '/srv/s1', owner: 'daemon' }),
    t.owner({ path: '/srv/tree', owner: 'daemon', recursive: true }),
  `)
  assert.is(
    await inMx1("cd /srv && stat -c '%U %a' s1 tree tree/roots tree/theirs tree/right"),
    'daemon 4755\ndaemon 2755\ndaemon 2751\ndaemon 751\ndaemon 2751\n',
  )
  assert.is(await inMx1('stat -c %.Z /srv/tree/right'), before, 'what is right is not touched')
})

test('directories above are made, and foreseen by tasks on them', async () => {
  await inMx1('mkdir -p -m 2775 /srv/p && chgrp mail /srv/p')
  const made = await predictedAndKept(`
    t.directory({ path: '/srv/p/a b/c/d', parents: true, mode: '0700' }),
    t.directory({ path: '/srv/p/a b', mode: '0755', owner: 'root' }),
    t.file({ path: '/srv/p/a b/c/f', content: 'x' }),
  `)
  assert.equal(
    made.tasks.map(({ status }) => status),
    ['changed', 'ok', 'changed'],
  )
  assert.is(await inMx1("cd /srv/p && stat -c '%a %G' 'a b' 'a b/c' 'a b/c/d'"), '755 root\n755 root\n700 root\n')
})

test('a link in the place of a FIFO; a file that is checked and kept', async () => {
  await inMx1('mkfifo /srv/fifo; printf old > /srv/conf')
  await predictedAndKept(`
    t.symlink({ path: '/srv/fifo', target: 'conf', force: true }),
    t.file({ path: '/srv/conf', content: 'new', validate: ['grep', '-q', 'new', '%s'], backup: true }),
  `)
  assert.is(await inMx1('cat /srv/fifo /srv/conf.mailrun-backup'), 'newold')
})

test('commands whose guards stay as they are run in every run; a product that was not made is a failure', async () => {
  await inMx1('touch /srv/flag /srv/source; touch -d "1 hour ago" /srv/product')
  const tasks = `
    t.command({ run: 'echo a >> /srv/log', onlyIf: 'test -e /srv/flag' }),
    t.command({ run: 'echo b >> /srv/log', removes: '/srv/flag' }),
  `
  for (const _ of [1, 2]) {
    const made = await run(tasks)
    assert.equal([made.status, ...made.tasks.flatMap(({ changes }) => changes)], ['changed', 'run', 'run'])
  }
  assert.is(await inMx1('cat /srv/log'), 'a\nb\na\nb\n')
  assert.equal((await run("t.command({ run: 'true' })", '--check')).tasks[0]!.changes, [
    'run; its effects cannot be predicted',
  ])
  await predictedAndKept("t.command({ run: 'true', creates: '/srv/product', staleAgainst: ['/srv/source'] })")
  const failed = await run("t.command({ run: 'true', creates: '/srv/never' })")
  assert.equal(
    [failed.status, /it succeeded, but \/srv\/never is not there/.test(failed.error ?? '')],
    ['failed', true],
    failed.error,
  )
})

const LARGE_FILES = `
yes 'a line of some length' | head -c 65520 > /srv/large
echo >> /srv/large
yes 'another' | head -c 900000 > /srv/larger
echo >> /srv/larger`

test('a file that grows past 64 KiB by its edit', async () => {
  await inMx1(LARGE_FILES)
  await predictedAndKept(`
    t.lineInFile({ path: '/srv/large', line: 'and one that takes it past the sixty-four' }),
    t.file({ path: '/srv/large', mode: '0640' }),
    t.blockInFile({ path: '/srv/larger', block: 'x', content: 'y\\r\\n' }),
  `)
  assert.is(await inMx1('tail -n 3 /srv/larger'), '# BEGIN mailrun x\ny\n# END mailrun x\n')
})

test.run()
