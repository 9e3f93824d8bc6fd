// `npm run release`: makes a version of what is on the branch main, and publishes it, after it has asked. With
// --dry-run it packs and checks what there is, says all that it would do, and leaves every file as it is.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { planRelease, type ReleasePlan, type ReleaseState } from './release-plan.ts'

const USAGE = `usage: npm run release -- [patch|minor|major|VERSION] [--dry-run] [--yes] [--no-provenance]
  VERSION           minor where it is left out
  --dry-run         pack, check and say what would be done; nothing is written or published
  --yes             do not ask before anything is written
  --no-provenance   publish from this machine: npm can sign where a package was built on GitHub Actions`

const ROOT = join(import.meta.dirname, '..')
const PACKED = join(ROOT, 'dist/release')
/** These change nothing but dist: a dry run runs them, too. */
const HARMLESS = ['pack', '--no-install']

async function release(): Promise<number> {
  const wanted = argumentsGiven()
  if (wanted === undefined) return refuse(USAGE)
  const { to, provenance, dryRun, yes } = wanted
  const plan = planRelease(stateNow(), { to, provenance })
  const problems = [...plan.problems, ...(dryRun ? [] : provenanceProblem(provenance))]
  say(plan)
  if (dryRun && !carryOut(plan.commands.filter((command) => HARMLESS.includes(command[1] ?? '')))) return 1
  if (problems.length > 0) return refuse(`${problems.map((each) => `not ready: ${each}`).join('\n')}`)
  if (dryRun) return ready()
  if (!yes && !(await agreed(plan.version))) return refuse('nothing was done')
  for (const [path, text] of plan.files) writeFileSync(join(ROOT, path), text)
  return carryOut(plan.commands) ? 0 : 1
}

function argumentsGiven() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'no-provenance': { type: 'boolean', default: false },
      },
    })
    const [to = 'minor', ...more] = positionals
    if (more.length > 0) return undefined
    return { to, provenance: !values['no-provenance'], dryRun: values['dry-run'], yes: values.yes }
  } catch (error) {
    console.error((error as Error).message)
    return undefined
  }
}

function provenanceProblem(provenance: boolean): readonly string[] {
  if (!provenance || process.env['GITHUB_ACTIONS'] === 'true') return []
  return ['npm signs where a package was built on GitHub Actions: run it there, or --no-provenance']
}

function stateNow(): ReleaseState {
  const { version } = JSON.parse(textOf('package.json')) as { readonly version: string }
  const headTags = git('tag', '--points-at', 'HEAD')
  const paths = git('ls-files', '*.md', 'create-mailrun/package.json').filter((path) => path !== 'CHANGELOG.md')
  return {
    version,
    changelog: textOf('CHANGELOG.md'),
    texts: new Map(paths.map((path) => [path, textOf(path)])),
    changed: git('status', '--porcelain'),
    branch: git('branch', '--show-current')[0] ?? 'no branch',
    tags: git('tag'),
    headTags,
    published: headTags.includes(`v${version}`) ? ['mailrun', 'create-mailrun'].filter(isPublished(version)) : [],
    today: new Date().toISOString().slice(0, 10),
  }
}

/** @throws Error where the registry does not answer: then nobody knows */
const isPublished =
  (version: string) =>
  (name: string): boolean => {
    const { status, stdout } = spawnSync('npm', ['view', `${name}@${version}`, 'version', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    if (status === 0) return stdout.trim() !== ''
    if (/"code":\s*"E404"/.test(stdout)) return false
    throw new Error(`npm view ${name}@${version}: ${stdout}`)
  }

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

function git(...words: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`)
  return stdout.split('\n').filter((line) => line !== '')
}

function say({ version, notes, files, commands }: ReleasePlan): void {
  console.log(`mailrun ${version}\n\n${notes.replace(/^/gm, '  ')}\n`)
  const changed = files.size === 0 ? [] : [...files.keys(), 'package.json', 'package-lock.json']
  console.log(`files that change: ${changed.join(', ') || 'none: what is tagged here is published'}\n`)
  console.log(`commands:\n${commands.map((words) => `  ${words.join(' ')}`).join('\n')}\n`)
}

/** Stops at the first that fails. */
function carryOut(commands: ReleasePlan['commands']): boolean {
  rmSync(PACKED, { recursive: true, force: true })
  mkdirSync(PACKED, { recursive: true })
  for (const [program = '', ...words] of commands) {
    const args = words.map((word) => (word === 'TARBALL' ? tarball() : word))
    console.log(`$ ${program} ${args.join(' ')}`)
    // npm asks for a one-time password where the account wants one.
    const input = words[0] === 'publish' ? 'inherit' : 'ignore'
    const { status } = spawnSync(program, args, { cwd: ROOT, stdio: [input, 'inherit', 'inherit'] })
    if (status === 0) continue
    // Commit and tag are there then.
    const howOn = words[0] === 'publish' ? '; the same command goes on from here' : ''
    console.error(`release: ${program} ${args.join(' ')} ended with ${status}; nothing after it was done${howOn}`)
    return false
  }
  return true
}

const tarball = (): string =>
  join(
    'dist/release',
    readdirSync(PACKED).find((name) => name.endsWith('.tgz'))!,
  )

async function agreed(version: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`Publish mailrun and create-mailrun ${version}? [y/N] `)
  terminal.close()
  return /^y(?:es)?$/i.test(answer.trim())
}

function ready(): number {
  console.log('ready: without --dry-run it asks, then does the above')
  return 0
}

function refuse(why: string): number {
  console.error(why)
  return 1
}

process.exitCode = await release()
