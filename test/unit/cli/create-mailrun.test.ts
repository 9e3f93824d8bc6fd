// The package create-mailrun: it is packed whole, goes with this version of mailrun, and does what `mailrun init` does.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from './mailrun.ts'

const test = suite('cli/create-mailrun')
const FOLDER = join(ROOT, 'create-mailrun')
const run = promisify(execFile)

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

test('it has the version of mailrun, and depends on exactly that', () => {
  const { version } = manifestOf(ROOT)
  assert.is(manifestOf(FOLDER).version, version)
  assert.equal(manifestOf(FOLDER).dependencies, { mailrun: version })
})

test('packed and installed, it writes a project', async () => {
  const at = mkdtempSync(join(tmpdir(), 'create-mailrun-'))
  try {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', at], { cwd: FOLDER })
    const packed = JSON.parse(stdout) as readonly { readonly filename: string; readonly files: { path: string }[] }[]
    assert.equal(packed[0]!.files.map(({ path }) => path).sort(), [
      'LICENSE',
      'README.md',
      'create-mailrun.js',
      'package.json',
    ])
    await run('tar', ['-xf', packed[0]!.filename], { cwd: at })
    mkdirSync(join(at, 'package/node_modules'))
    symlinkSync(ROOT, join(at, 'package/node_modules/mailrun'))
    const words = ['package/create-mailrun.js', 'fleet', '--hosts', 'mx1.example.net', '--domains', 'example.net']
    const created = await run(process.execPath, words, { cwd: at })
    assert.match(created.stdout, /wrote {2}playbooks\/site\.ts\n[^]*cd fleet/)
    assert.match(readFileSync(join(at, 'fleet/inventory/hosts.yaml'), 'utf8'), 'mx1.example.net')
  } finally {
    rmSync(at, { recursive: true, force: true })
  }
})

test('its exit status is that of mailrun init', async () => {
  const at = mkdtempSync(join(tmpdir(), 'create-mailrun-'))
  mkdirSync(join(at, 'node_modules'))
  symlinkSync(ROOT, join(at, 'node_modules/mailrun'))
  const script = join(at, 'create-mailrun.js')
  symlinkSync(join(FOLDER, 'create-mailrun.js'), script)
  const ended = await run(process.execPath, ['--preserve-symlinks-main', script, '--hosts', '%'], { cwd: at }).then(
    () => 0,
    ({ code }: { readonly code: number }) => code,
  )
  rmSync(at, { recursive: true, force: true })
  assert.is(ended, 1)
})

test.run()
