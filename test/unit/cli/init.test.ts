// `mailrun init`: what it writes works as it is, and nothing that was there is changed.
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript-api'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from './mailrun.ts'

const test = suite('cli/init')
const FILES = [
  'package.json',
  'tsconfig.json',
  '.gitignore',
  'inventory/hosts.yaml',
  'playbooks/site.ts',
  'inventory/hosts.schema.json',
]
const textOf = (here: Project, path: string): string => readFileSync(join(here.folder, path), 'utf8')

async function within(files: Readonly<Record<string, string>>, act: (here: Project) => Promise<void>): Promise<void> {
  const here = project(files)
  await act(here).finally(() => here.remove())
}

test('in a new folder it writes a whole project, whose next commands work', () =>
  within({}, async (here) => {
    const words = ['--hosts', 'mx1.example.net,root@mx2.example.net:2222', '--domains', 'example.net,Example.ORG']
    const { code, stdout, stderr } = await here.mailrun('init', 'fleet', ...words)
    assert.is(code, 0, stderr)
    assert.equal(
      FILES.filter((path) => !stdout.includes(`wrote  ${path}\n`)),
      [],
    )
    assert.match(stdout, /cd fleet .*\n {2}npm install .*\n {2}npx mailrun ping .*\n {2}npx mailrun site --check /)
    const inventory = textOf(here, 'fleet/inventory/hosts.yaml')
    assert.match(inventory, /^# yaml-language-server: \$schema=hosts\.schema\.json\n/)
    assert.match(inventory, 'mx2.example.net: { ansible_user: root, ansible_port: 2222 }')
    const site = await here.mailrun('fleet/playbooks/site.ts', '-i', 'fleet/inventory/hosts.yaml', '--list-tasks')
    assert.is(site.code, 0, site.stderr)
    assert.match(site.stdout, /mx2\.example\.net:\n[^]*dkimKey mx2\._domainkey\.example\.org/)
    assert.match(textOf(here, 'fleet/package.json'), /"mailrun": "\^\d/)
  }))

test('by its defaults commands need no -i', () =>
  within({ 'package.json': '' }, async (here) => {
    await here.mailrun('init', 'fleet')
    const { mailrun } = JSON.parse(textOf(here, 'fleet/package.json')) as { readonly mailrun: object }
    await within({ 'package.json': JSON.stringify({ type: 'module', mailrun }) }, async (there) => {
      const again = await there.mailrun('init')
      assert.match(again.stdout, 'kept   package.json, which was there')
      const { code, stdout, stderr } = await there.mailrun('site', '--list-hosts')
      assert.is(code, 0, stderr)
      assert.is(stdout, 'mx1.example.org\nmx2.example.org\n')
    })
  }))

test('nothing that is there is changed, and what is next goes by it', () =>
  within(
    { 'package.json': '{}', 'inventory/hosts.yaml': 'mine: {}\n', 'playbooks/site.ts': '// mine\n' },
    async (here) => {
      symlinkSync('nowhere', join(here.folder, '.gitignore'))
      const { code, stdout, stderr } = await here.mailrun('init')
      assert.is(code, 0, stderr)
      assert.match(stdout, /wrote {2}tsconfig\.json\n/)
      for (const path of ['package.json', '.gitignore', 'inventory/hosts.yaml', 'playbooks/site.ts'])
        assert.match(stdout, `kept   ${path}, which was there\n`)
      assert.match(stdout, 'npm pkg set type=module')
      assert.match(stdout, 'npm install --save-dev typescript @types/node && npm install mailrun')
      assert.match(stdout, 'npx mailrun site -i inventory/hosts.yaml --check')
      assert.equal(
        ['package.json', 'inventory/hosts.yaml', 'playbooks/site.ts'].map((path) => textOf(here, path)),
        ['{}', 'mine: {}\n', '// mine\n'],
      )
      assert.ok(lstatSync(join(here.folder, '.gitignore')).isSymbolicLink())
    },
  ))

test('examples are reported as such', () =>
  within({}, async (here) => {
    const { stdout } = await here.mailrun('init')
    assert.match(stdout, /Next:\n {2}put your own hosts and domains into inventory\/hosts\.yaml/)
    const given = await here.mailrun('init', 'other', '--hosts', 'mx1.example.net', '--domains', 'example.net')
    assert.not.match(given.stdout, 'put your own')
  }))

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a host that is none', ['--hosts', 'mx1,$(touch x)'], /"\$\(touch x\)" names no host/],
  ['a host that is there twice', ['--hosts', 'mx1,mx1'], /mx1 is named twice/],
  ['a domain that is none', ['--domains', 'example'], /--domains: "example" is no mail domain/],
  ['a file as the folder', ['file'], /file\/package\.json: the file cannot be written: /],
]
for (const [what, words, message] of REFUSED)
  test(`it refuses ${what}`, () =>
    within({ file: '' }, async (here) => {
      const { code, stdout, stderr } = await here.mailrun('init', ...words)
      assert.equal([code, stdout], [1, ''])
      assert.match(stderr, message)
      assert.not.ok(existsSync(join(here.folder, 'tsconfig.json')))
    }))

test('its playbook is typed', () =>
  within({}, async (here) => {
    await here.mailrun('init')
    const { options } = ts.parseJsonConfigFileContent(
      { extends: join(ROOT, 'tsconfig.user.json'), compilerOptions: { types: [] } },
      ts.sys,
      here.folder,
    )
    const wrong = ts.getPreEmitDiagnostics(ts.createProgram([join(here.folder, 'playbooks/site.ts')], options))
    assert.equal(
      wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
      [],
    )
  }))

test.run()
