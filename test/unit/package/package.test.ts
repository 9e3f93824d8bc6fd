// The package as npm packs it, installed from the registry into an empty folder: what it brings, and that each of its
// entry points loads and is typed. `npm run test:nodes -- package` tries it on each Node.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT, type Ended } from '../cli/mailrun.ts'

const test = suite('package')

const MOST_PACKAGES = 45

interface Manifest {
  readonly version: string
  readonly exports: Readonly<Record<string, string | object>>
}
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
const PLAYBOOKS = readdirSync(join(ROOT, 'playbooks')).map((file) => file.replace(/\.ts$/, ''))
/** What a program imports, by the whole name. */
const ENTRY_POINTS = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === 'object')
  .flatMap(([name]) => (name.includes('*') ? PLAYBOOKS.map((playbook) => name.replace('*', playbook)) : [name]))
  .map((name) => name.replace(/^\./, 'mailrun'))

/** With its own types checked, which a project's tsconfig may leave out. */
const COMPILER = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  files: ['imports.ts'],
}

const INVENTORY = 'mail: { hosts: { mx1.example.org: {} }, vars: { domains: [example.org] } }\n'

let folder: string
let archive: string
let installed: Ended
const inPackage = (path: string): string => join(folder, 'node_modules/mailrun', path)

const command = (program: string, args: readonly string[], cwd = folder): Promise<Ended> =>
  new Promise((resolve) =>
    execFile(program, args, { cwd, timeout: 120_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    ),
  )

async function succeed(program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(program, args)
  assert.is(code, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-package-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER))
  writeFileSync(
    join(folder, 'imports.ts'),
    ENTRY_POINTS.map((name, index) => `export * as name${index} from '${name}'\n`).join(''),
  )
  writeFileSync(join(folder, 'inventory.yaml'), INVENTORY)
  const packed = await command('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT)
  assert.is(packed.code, 0, packed.stderr)
  archive = join(folder, `mailrun-${manifest.version}.tgz`)
  installed = await command('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', archive])
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

test(`an installation brings at most ${MOST_PACKAGES} packages, and npm warns of nothing`, async () => {
  assert.is(installed.code, 0, installed.stderr)
  assert.is(installed.stderr, '')
  const listed = await succeed('npm', 'ls', '--all', '--parseable')
  const count = listed.trim().split('\n').length - 1
  assert.ok(count > 0 && count <= MOST_PACKAGES, listed)
})

test('the package has its licences, and nothing of the tests and the lab', () => {
  assert.match(readFileSync(inPackage('LICENSE'), 'utf8'), 'MIT License')
  assert.match(readFileSync(inPackage('dist/bundle/THIRD-PARTY.txt'), 'utf8'), /^mailauth [\d.]+ \(MIT\)$/m)
  assert.equal(readdirSync(inPackage('dist')).sort(), ['bundle', 'types'])
  for (const name of ['src', 'tasks', 'test', 'lab', 'bench']) assert.not.ok(existsSync(inPackage(name)), name)
})

test(`each entry point loads on Node ${process.versions.node}`, async () => {
  assert.ok(ENTRY_POINTS.length >= 8)
  for (const name of ENTRY_POINTS) {
    const program = `import('${name}').then((module) => console.log(Object.keys(module).length))`
    assert.match(await succeed(process.execPath, '-e', program), /^[1-9]\d*\n$/, name)
  }
})

test(`the command runs on Node ${process.versions.node}`, async () => {
  const main = 'node_modules/.bin/mailrun'
  assert.is(await succeed(process.execPath, main, '--version'), `${manifest.version}\n`)
  assert.match(await succeed(process.execPath, main, '--help'), /^Usage: mailrun/)
  const tasks = await succeed(process.execPath, main, 'dkim', '-i', 'inventory.yaml', '--list-tasks')
  assert.match(tasks, 'dkimKey mx1._domainkey.example.org')
})

for (const [name, compiler] of Object.entries({ 'TypeScript 6': 'typescript-api', 'TypeScript 7': 'typescript' }))
  test(`the types of all entry points are clean for ${name}, without skipLibCheck`, async () => {
    await succeed(process.execPath, join(ROOT, 'node_modules', compiler, 'bin/tsc'), '-p', '.')
  })

test('publint and "Are the types wrong?" find nothing', async () => {
  const tool = (name: string): string => join(ROOT, 'node_modules/.bin', name)
  await succeed(process.execPath, tool('publint'), 'run', '--strict', archive)
  await succeed(process.execPath, tool('attw'), '--profile', 'esm-only', archive)
})

test.run()
