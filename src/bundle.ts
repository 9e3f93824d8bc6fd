// Makes dist/bundle, the code that a user runs: one file for each command and each public name, and the parts that they
// share. So a run opens ten files instead of three hundred.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { licences } from './bundle-licences.ts'
import { joinParts } from './bundle-parts.ts'
import { copyTypes } from './bundle-types.ts'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'dist/bundle')
/** A run imports parts late, and may have begun before they were made again. */
const KEPT_MS = 24 * 3600 * 1000

/** What is packed holds nothing of before. */
const toPack = process.argv.includes('--pack')

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
}

/** What a program or a playbook imports; tsconfig.json and package.json have their names. */
const publicNames = {
  index: 'src/index.ts',
  tasks: 'tasks/index.ts',
  mail: 'src/mail.ts',
  dns: 'src/dns.ts',
  testing: 'src/testing.ts',
  'playbook-dkim': 'playbooks/dkim.ts',
  'playbook-mail-auth': 'playbooks/mail-auth.ts',
  'playbook-mail-host': 'playbooks/mail-host.ts',
}

const entryPoints = {
  mailrun: 'src/cli/main.ts',
  // A program of its own, found beside what starts it.
  'askpass-program': 'src/ssh/openssh/askpass-program.ts',
  ...publicNames,
}

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  outdir: OUT,
  entryPoints,
  bundle: true,
  // The same as ES modules: what nobody imports of them is left out. For its one difference, of `!!binary`, the
  // inventory's reader has a tag of its own.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  // What two of them share is there once: a playbook's tasks and the engine's are the same.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // package.json has them as dependencies: jiti finds its compiler by its own path, and the public declarations name
  // valibot's types. The others are native, optional, and ssh2 does without.
  external: [...Object.keys(dependencies), 'cpu-features', '*.node'],
  // Node reads every file that it loads from end to end. Names stay, for a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  // For the lines of a stack, not the texts.
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
  write: false,
  metafile: true,
})

const entries = new Set(Object.keys(entryPoints).map((name) => `${name}.js`))
const parts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
const made = new Map(
  [
    ...(await joinParts(parts, entries, metafile)),
    ['THIRD-PARTY.txt', licences(ROOT, Object.keys(metafile.inputs))] as const,
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
  const isOld = toPack || Date.now() - statSync(path).mtimeMs > KEPT_MS
  if (!made.has(name) && isOld) rmSync(path, { force: true })
}
copyTypes(ROOT, Object.values(publicNames))
