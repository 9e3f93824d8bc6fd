// Tasks together on one real host: what one makes the next is planned on; and hostile names, carried exactly and never
// executed. Has a lab of its own.
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { outputIn } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('together')
const lab = await import('../../lab/index.ts')
const test = suite('lab: tasks together')

/** What breaks shells, option parsers, line protocols and careless regular expressions. */
const HOSTILE = [
  "it's",
  'a b',
  '"q"',
  '$(touch executed)',
  '`touch executed`',
  'two\nlines',
  '-rf',
  'zwölf 日本',
  '* ? [a]',
  'back\\slash\\n',
  '%s %d',
  '#no',
  '~root',
  '!!',
  'a;touch executed',
  ' ends ',
  '\u001b[31m',
]

const PLAYBOOK = `
import { playbook, v, sh, Secret } from 'mailrun'
import {
  blockInFile, command, directory, file, group, lineInFile, owner, service, symlink, template, user
} from 'mailrun/tasks'
const HOSTILE = ${JSON.stringify(HOSTILE)}
const vars = v.object({ what: v.string() })
const unit = [
  user({ user: 'canary', system: true }),
  directory({ path: '/srv/canary', owner: 'canary', group: 'canary', mode: '0750' }),
  file({ path: '/srv/canary/conf', content: 'X=1\\n' }),
  file({
    path: '/etc/systemd/system/canary.service',
    content: '[Service]\\nUser=canary\\nEnvironmentFile=/srv/canary/conf\\nExecStart=/bin/sleep infinity\\n' +
      '[Install]\\nWantedBy=multi-user.target\\n',
  }),
  service({
    unit: 'canary',
    state: 'running',
    enabled: true,
    restartOn: ['/srv/canary/conf', '/etc/systemd/system/canary.service.d/limits.conf'],
  }),
]
const dropIn = [
  directory({ path: '/etc/systemd/system/canary.service.d' }),
  file({ path: '/etc/systemd/system/canary.service.d/limits.conf', content: '[Service]\\nLimitNOFILE=4096\\n' }),
]
const hostile = HOSTILE.flatMap((name, index) => [
  directory({ path: '/srv/hostile/' + name }),
  file({ path: '/srv/hostile/' + name + '/' + name, content: name + '\\n' }),
  file({ path: '/srv/hostile/' + name + '/secret', content: new Secret('hunter2 ' + name), mode: '0600' }),
  symlink({ path: '/srv/hostile/' + name + '/link', target: name }),
  ...(name.includes('\\n') ? [] : [
    lineInFile({ path: '/srv/hostile/lines', line: name, create: true, insertAfter: /never/ }),
    blockInFile({ path: '/srv/hostile/blocks', block: name, content: name + '\\n', create: true }),
  ]),
  command({
    run: ['cp', '--', name, 'copy of ' + name],
    cwd: '/srv/hostile/' + name,
    creates: '/srv/hostile/' + name + '/copy of ' + name,
    env: { X: name },
  }),
  owner({ path: '/srv/hostile/' + name, owner: 'daemon', group: 'mail', recursive: true }),
  command({ run: sh\`printf %s \${name} > /srv/hostile/shell\${index}\`, creates: '/srv/hostile/shell' + index }),
])
const edited = [
  command({ run: 'echo two >> /srv/edited' }),
  lineInFile({ path: '/srv/edited', line: 'three' }),
  blockInFile({ path: '/srv/edited', block: 'four', content: '4' }),
]
const lists = {
  unit,
  edited,
  'drop-in': [...unit.slice(0, -1), ...dropIn, unit.at(-1)],
  hostile: [directory({ path: '/srv/hostile' }), ...hostile],
}
export default playbook({ name: 'together', hosts: 'mail', vars, tasks: ({ vars: { what } }) => lists[what] })
`
let here: Project
const run = async (
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly host: RunDocument['hosts'][number]; readonly text: string }> => {
  const { code, stdout, stderr } = await here.mailrun(
    'together.mjs',
    '--format',
    'json',
    '-i',
    lab.inventoryPath,
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  return { code, host: (JSON.parse(stdout) as RunDocument).hosts[0]!, text: stdout + stderr }
}
const inMx1 = (script: string): Promise<string> => outputIn('mx1', script)
const reported = ({ tasks }: RunDocument['hosts'][number]) =>
  tasks.map((task) => ({ ...task, status: task.status === 'would-change' ? 'changed' : task.status }))

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'together.mjs': PLAYBOOK })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

test("a unit of one's own: its user, its file, its start are predicted, and done in two trips", async () => {
  const check = await run('-e', 'what=unit', '--check')
  assert.is(check.code, 2, check.text)
  const made = await run('-e', 'what=unit')
  assert.is(made.code, 0, made.text)
  assert.is(made.host.trips, 2)
  assert.equal(reported(check.host), reported(made.host))
  assert.is(await inMx1('systemctl is-active canary; systemctl is-enabled canary'), 'active\nenabled\n')
  assert.is((await run('-e', 'what=unit')).host.status, 'ok')
})

test('a drop-in for it is loaded and the unit restarted', async () => {
  const check = await run('-e', 'what=drop-in', '--check')
  const made = await run('-e', 'what=drop-in')
  assert.is(made.code, 0, made.text)
  assert.equal(reported(check.host), reported(made.host))
  assert.is(
    await inMx1(
      'grep "open files" /proc/$(systemctl show -p MainPID --value canary)/limits | tr -s " " | cut -d" " -f4',
    ),
    '4096\n',
  )
  assert.is((await run('-e', 'what=drop-in', '--check')).code, 0)
})

test('an edit does not undo what a command before it did to the file in the same trip', async () => {
  await inMx1('echo one > /srv/edited')
  const { code, host, text } = await run('-e', 'what=edited')
  assert.is(code, 0, text)
  assert.is(host.status, 'changed')
  assert.is(await inMx1('cat /srv/edited'), 'one\ntwo\nthree\n# BEGIN mailrun four\n4\n# END mailrun four\n')
})

/** The files below each hostile directory: name, NUL, content, NUL. */
const PRINT_HOSTILE = `
cd /srv/hostile &&
for d in */; do
  d=\${d%/}
  for f in "$d" "copy of $d"; do
    printf '%s\\0' "$d/$f"
    cat -- "./$d/$f"
    printf '\\0'
  done
done`

test('hostile names are carried exactly, by every task that takes one, and never executed', async () => {
  const check = await run('-e', 'what=hostile', '--check')
  assert.is(check.code, 2, check.text)
  const made = await run('-e', 'what=hostile')
  assert.is(made.code, 0, made.text)
  // What a recursive chown will find cannot be known.
  assert.equal(
    [...new Set(check.host.tasks.filter(({ type }) => type !== 'owner').map(({ status }) => status))],
    ['would-change'],
  )
  assert.is((await run('-e', 'what=hostile')).host.status, 'ok')
  assert.is(await inMx1('find / -xdev -name executed | wc -l'), '0\n')
  const found = await inMx1(PRINT_HOSTILE)
  const pairs = found.split('\0').slice(0, -1)
  const contents = new Map(
    pairs.flatMap((path, index) => (index % 2 === 0 ? [[path, pairs[index + 1]!] as const] : [])),
  )
  for (const name of HOSTILE) {
    assert.is(contents.get(`${name}/${name}`), `${name}\n`)
    assert.is(contents.get(`${name}/copy of ${name}`), `${name}\n`)
  }
  assert.is(
    await inMx1('cat /srv/hostile/lines'),
    HOSTILE.filter((name) => !name.includes('\n'))
      .map((name) => `${name}\n`)
      .join(''),
  )
  for (const [index, name] of HOSTILE.entries()) assert.is(await inMx1(`cat /srv/hostile/shell${index}`), name)
})

test('no secret is shown, whatever is asked to be', async () => {
  await inMx1('rm -r /srv/hostile')
  for (const format of ['text', 'json', 'ndjson']) {
    const { code, stdout, stderr } = await here.mailrun(
      'together.mjs',
      '-i',
      lab.inventoryPath,
      '-e',
      'what=hostile',
      '--check',
      '--diff',
      '--verbose',
      '--format',
      format,
    )
    assert.is(code, 2, stderr)
    assert.not.match(stdout + stderr, 'hunter2')
  }
})

test.run()
