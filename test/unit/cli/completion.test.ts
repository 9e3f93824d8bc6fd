// `mailrun completion`: what may stand in the place of a word, and the script for bash, in a real bash.
import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { suite } from '../../suite.ts'
import { MAIN, project, type Project } from './mailrun.ts'

const test = suite('cli/completion')
const run = promisify(execFile)
let here: Project
test.before(() => {
  here = project({
    'package.json': '{ "type": "module", "mailrun": { "inventory": "hosts.yaml" } }',
    'hosts.yaml': 'mail: { hosts: { mx1: , mx2: } }\nweb: { hosts: { www1: } }\n',
    'other.yaml': 'relays: { hosts: { out1: } }\n',
    'playbooks/site.ts':
      "import { playbook } from 'mailrun'\nimport { file } from 'mailrun/tasks'\n" +
      "export default playbook({ name: 'site', hosts: 'mail', publish: true, tasks: () => [\n" +
      "  file({ path: '/x', content: 'x', tags: ['motd'] }),\n" +
      "  file({ path: '/y', content: 'y', tags: ['never', 'rare'] }),\n" +
      '] })\n',
    'playbooks/broken.ts': 'export default 1\n',
  })
})
test.after(() => here.remove())

async function words(...typed: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await here.mailrun('completion', 'words', '--', ...typed)
  assert.equal([code, stderr], [0, ''])
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!]))
}

test('the first word is a command, a playbook or a file', async () => {
  const all = await words('')
  assert.equal(
    [...Object.keys(COMMANDS), 'help', 'site', 'dkim', 'mail-auth', 'mail-host', ':files'].filter(
      (each) => !all.includes(each),
    ),
    [],
  )
  assert.equal(await words('ver'), ['verify', ':files'])
  assert.equal(await words('dns', 'p'), ['plan', 'push'])
})

const VALUES: readonly (readonly [typed: readonly string[], expected: readonly string[]])[] = [
  [['ping', '--acc'], ['--accept-new']],
  [['dns', 'push', '--repl'], ['--replace']],
  [['--chec'], ['--check']],
  [['audit', '--format', 'js'], ['json']],
  [
    ['site', '-l', 'm'],
    ['mail', 'mx1', 'mx2'],
  ],
  [
    ['site', '--limit', 'mx1,w'],
    ['mx1,web', 'mx1,www1'],
  ],
  [['ping', '-i', 'other.yaml', '-l', 'o'], ['out1']],
  [['-i', 'other.yaml', 'ping', '-l', 'r'], ['relays']],
  [['ping', '--inventory=other.yaml', '-l', 'r'], ['relays']],
  [['-i', ''], [':files']],
  [['ping', '-i', 'gone.yaml', '-l', ''], []],
  [['broken', '-t', ''], []],
  [['-t', ''], []],
  [['nothing-like-it'], [':files']],
]
for (const [typed, expected] of VALUES)
  test(`mailrun ${typed.join(' ')}<TAB>`, async () => {
    assert.equal(await words(...typed), expected)
  })

test('tags are those of the playbook, with those that never run unasked', async () => {
  assert.equal(await words('site', '-t', ''), ['motd', 'never', 'publish', 'rare'])
  assert.equal(await words('site', '--skip-tags', 'motd,r'), ['motd,rare'])
})

test('bash completes by its script', async () => {
  const { stdout: script } = await here.mailrun('completion', 'bash')
  writeFileSync(join(here.folder, 'complete.sh'), script)
  const program = join(here.folder, 'mailrun')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  chmodSync(program, 0o755)
  const completed = async (...typed: readonly string[]): Promise<readonly string[]> => {
    const text =
      'source ./complete.sh; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mailrun; printf "%s\\n" "${COMPREPLY[@]}"'
    const { stdout } = await run('bash', ['-c', text, 'bash', program, ...typed], { cwd: here.folder })
    return stdout.trim().split('\n').sort()
  }
  assert.equal(await completed('site', '-l', 'mx'), ['mx1', 'mx2'])
  assert.equal(await completed('-i', 'ho'), ['hosts.yaml'])
  assert.equal(
    await completed('sche'),
    ['schedule', 'schema'].filter((name) => name in COMMANDS),
  )
})

test('each shell has its script, and others are refused', async () => {
  for (const shell of ['bash', 'zsh', 'fish'])
    assert.match((await here.mailrun('completion', shell)).stdout, /completion words -- /)
  for (const shell of ['tcsh', 'constructor']) {
    const { code, stderr } = await here.mailrun('completion', shell)
    assert.is(code, 1)
    assert.match(stderr, 'one shell is wanted: mailrun completion bash|zsh|fish')
  }
})

test.run()
