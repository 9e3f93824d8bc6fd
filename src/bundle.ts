// Makes dist/bundle, the code that a user runs: one file for each command and each public name, and the parts that they
// share. So a run opens ten files instead of three hundred.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { joinParts } from './bundle-parts.ts'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'dist/bundle')
/** A run imports parts late, and may have begun before they were made again. */
const KEPT_MS = 24 * 3600 * 1000

const entryPoints = {
  mailrun: 'src/cli/main.ts',
  // A program of its own, found beside what starts it.
  'askpass-program': 'src/ssh/openssh/askpass-program.ts',
  index: 'src/index.ts',
  tasks: 'tasks/index.ts',
  mail: 'src/mail.ts',
  dns: 'src/dns.ts',
  testing: 'src/testing.ts',
  'playbook-dkim': 'playbooks/dkim.ts',
  'playbook-mail-auth': 'playbooks/mail-auth.ts',
  'playbook-mail-host': 'playbooks/mail-host.ts',
}

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  outdir: OUT,
  entryPoints,
  bundle: true,
  // What two of them share is there once: a playbook's tasks and the engine's are the same.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The package's own names, before there is a package.
  alias: {
    'mailrun/tasks': './tasks/index.ts',
    'mailrun/mail': './src/mail.ts',
    'mailrun/dns': './src/dns.ts',
    'mailrun/testing': './src/testing.ts',
    'mailrun/playbooks/dkim': './playbooks/dkim.ts',
    'mailrun/playbooks/mail-auth': './playbooks/mail-auth.ts',
    'mailrun/playbooks/mail-host': './playbooks/mail-host.ts',
    mailrun: './src/index.ts',
  },
  // jiti finds its compiler by its own path; the others are native, optional, and ssh2 does without.
  external: ['jiti', 'cpu-features', '*.node'],
  // What CommonJS packages rest on, and an ES module has not.
  banner: {
    js: [
      "import { createRequire as createRequireOfBundle } from 'node:module';",
      'const require = createRequireOfBundle(import.meta.url),',
      '__filename = import.meta.filename,',
      '__dirname = import.meta.dirname;',
    ].join(' '),
  },
  logLevel: 'warning',
  write: false,
  metafile: true,
})

const entries = new Set(Object.keys(entryPoints).map((name) => `${name}.js`))
const parts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
const made = new Map(
  [
    ...(await joinParts(parts, entries, metafile)),
    ['LICENSES.txt', licences(Object.keys(metafile.inputs))] as const,
  ].map(([name, text]) => [name, Buffer.from(text)]),
)
mkdirSync(OUT, { recursive: true })
// Somebody may be running what is there: none is half written, and what imports others comes after them.
const isEntry = ([name]: readonly [string, unknown]): number => Number(entries.has(name))
for (const [name, contents] of [...made].sort((one, other) => isEntry(one) - isEntry(other))) {
  const path = join(OUT, name)
  if (existsSync(path) && readFileSync(path).equals(contents)) continue
  writeFileSync(`${path}.${process.pid}`, contents, { mode: name === 'mailrun.js' ? 0o755 : 0o644 })
  renameSync(`${path}.${process.pid}`, path)
}
for (const name of readdirSync(OUT)) {
  const path = join(OUT, name)
  if (!made.has(name) && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { force: true })
}

/** The packages that are in the bundle, with what they want to be passed on with them. */
function licences(inputs: readonly string[]): string {
  const folders = [
    ...new Set(inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [])),
  ].sort()
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
        readonly name: string
        readonly version: string
        readonly license?: string
      }
      const texts = readdirSync(join(ROOT, folder))
        .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim())
      return `${name} ${version} (${license ?? 'no licence named'})\n\n${texts.join('\n\n')}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
