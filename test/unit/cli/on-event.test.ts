// `--on-event`: a program gets what happens, whatever is printed; what becomes of it does not change the exit status.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Project } from './mailrun.ts'

const test = suite('cli/on-event')
let here: Project
test.before(() => {
  here = project({
    'hosts.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n',
    'empty.ts': `import { playbook } from 'mailrun'
export default playbook({ name: 'empty', hosts: 'all', tasks: () => [] })
`,
  })
  program('notify', 'cat > got')
  program('broken', 'cat > /dev/null; echo "cannot reach the channel"; exit 7')
})
test.after(() => here.remove())

function program(name: string, script: string): void {
  writeFileSync(join(here.folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(here.folder, name), 0o755)
}

const kinds = (): readonly string[] =>
  readFileSync(join(here.folder, 'got'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly kind: string }).kind)

test('a run is printed as ever, and its events go to the program', async () => {
  const { code, stdout, stderr } = await here.mailrun(
    'empty.ts',
    '-i',
    'hosts.yaml',
    '--check',
    '--on-event',
    './notify',
  )
  assert.is(code, 0, stderr)
  assert.match(stdout, '1 host: 1 ok')
  assert.equal(kinds(), ['run-start', 'host-start', 'host-connected', 'host-end', 'run-end'])
  assert.is(stderr, '')
})

test('of an audit it gets the findings, and of a rotation where it stands', async () => {
  const audited = await here.mailrun('audit', '-i', 'hosts.yaml', '-l', 'here', '--on-event', './notify')
  assert.is(kinds().at(-1), 'audit', audited.stderr)
  const rotated = await here.mailrun('rotate', '-i', 'hosts.yaml', '--on-event', './notify', '--check')
  if (rotated.code === 1) assert.match(rotated.stderr, /no host|domains/)
  else assert.equal(kinds(), ['rotation'])
})

test('a program that fails is told, and the exit status stays', async () => {
  const { code, stdout, stderr } = await here.mailrun('empty.ts', '-i', 'hosts.yaml', '--on-event', './broken')
  assert.is(code, 0)
  assert.match(stdout, '1 host: 1 ok')
  assert.is(stderr, 'mailrun: warning: --on-event: ./broken ended with status 7: cannot reach the channel\n')
})

test('a program that cannot be started is an error before any host is touched', async () => {
  const none = await here.mailrun('empty.ts', '-i', 'hosts.yaml', '--on-event', './nothing')
  assert.equal([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, '--on-event ./nothing: there is no such program')
  const text = await here.mailrun('empty.ts', '-i', 'hosts.yaml', '--on-event', './hosts.yaml')
  assert.match(text.stderr, '--on-event ./hosts.yaml: it cannot be executed: chmod +x')
})

test.run()
