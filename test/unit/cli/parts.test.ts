// The command loads few files, whatever it is split into: each costs time before anything is done.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { MAIN, project } from './mailrun.ts'

const test = suite('cli/parts')

const PLAYBOOK = `import { playbook, v } from 'mailrun'
import { command } from 'mailrun/tasks'
export default playbook({
  name: 'nothing to do',
  hosts: 'all',
  vars: v.object({}),
  tasks: () => [command({ run: ['false'], creates: '/etc/passwd' })],
})
`
const INVENTORY = 'all: { hosts: { here: { ansible_connection: local } } }\n'

/** The files of dist/bundle that a command loads, by what V8 says that it has run. */
function loadedBy(folder: string, ...words: readonly string[]): readonly string[] {
  const coverage = mkdtempSync(join(tmpdir(), 'mailrun-parts-'))
  try {
    execFileSync(process.execPath, [MAIN, ...words], {
      cwd: folder,
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    })
    const urls = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }
      return result.map(({ url }) => url)
    })
    return [...new Set(urls.filter((url) => url.includes('/dist/bundle/')))]
  } finally {
    rmSync(coverage, { recursive: true })
  }
}

test('the version loads what starts it, and the help the command besides', () => {
  for (const [flag, files] of [
    ['--version', 2],
    ['--help', 3],
  ] as const) {
    const loaded = loadedBy(tmpdir(), flag)
    assert.is(loaded.length, files, loaded.join('\n'))
  }
})

test('a run loads the command, the run, and what playbooks import', () => {
  const user = project({ 'playbook.ts': PLAYBOOK, 'inventory.yaml': INVENTORY })
  try {
    const loaded = loadedBy(user.folder, 'playbook.ts', '-i', 'inventory.yaml')
    assert.ok(loaded.length >= 5 && loaded.length <= 9, loaded.join('\n'))
  } finally {
    user.remove()
  }
})

test('what one format or command needs is loaded by it alone', () => {
  const user = project({ 'playbook.ts': PLAYBOOK, 'inventory.yaml': INVENTORY })
  try {
    const loaded = loadedBy(user.folder, 'playbook.ts', '-i', 'inventory.yaml', '--format', 'ndjson')
    assert.ok(loaded.length <= 11, loaded.join('\n'))
    assert.is(loaded.filter((url) => /html|sarif|mailauth/.test(url)).length, 0, loaded.join('\n'))
  } finally {
    user.remove()
  }
})

test.run()
