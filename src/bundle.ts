// Makes dist/bundle, what a user runs: each command and each public name as one file and the parts that they share, so that a run opens ten files in place of two hundred and fifty.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'dist/bundle')

const { outputFiles } = await build({
  absWorkingDir: ROOT,
  outdir: OUT,
  entryPoints: {
    mailrun: 'src/cli/main.ts',
    // A program of its own, found beside what starts it.
    'askpass-program': 'src/connection/askpass-program.ts',
    index: 'src/index.ts',
    tasks: 'tasks/index.ts',
    mail: 'src/mail.ts',
    dns: 'src/dns.ts',
    testing: 'src/testing.ts',
  },
  bundle: true,
  // What two of them share is there once: a playbook's tasks and the engine's are the same.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The package's own names, before there is a package.
  alias: { 'mailrun/tasks': './tasks/index.ts', 'mailrun/mail': './src/mail.ts', 'mailrun/dns': './src/dns.ts', 'mailrun/testing': './src/testing.ts', mailrun: './src/index.ts' },
  // jiti finds its compiler by its own path; the others are native, optional, and ssh2 does without.
  external: ['jiti', 'cpu-features', '*.node'],
  // What CommonJS packages rest on, and an ES module has not.
  banner: { js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;" },
  logLevel: 'warning',
  write: false,
})

// Somebody may be running what is there: a file that stays the same stays, and none is ever half written.
mkdirSync(OUT, { recursive: true })
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue
  writeFileSync(`${path}.new`, contents)
  renameSync(`${path}.new`, path)
}
const made = new Set(outputFiles.map(({ path }) => basename(path)))
for (const name of readdirSync(OUT)) if (!made.has(name)) rmSync(join(OUT, name))
chmodSync(join(OUT, 'mailrun.js'), 0o755)
