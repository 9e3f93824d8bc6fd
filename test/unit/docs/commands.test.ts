// Every command that README, README.ja and docs show exists: its command and flags, its npm script, the tests that it
// names. And the list says of each which test runs it, or why none does.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CommanderError } from 'commander'
import * as assert from 'uvu/assert'
import { program } from '../../../src/cli/program.ts'
import type { Signals } from '../../../src/cli/terminal/signals.ts'
import { TUTORIAL, tutorialSteps } from '../../lab/tutorial-page.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'
import { COMMANDS_OF_PAGES } from './command-list.ts'
import { commandsIn, commandsInSentences, everyCommand, everyCommandInSentences } from './shown-commands.ts'
import type { ShownCommand } from './shown-commands.ts'

const test = suite('commands of the pages')

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const files = repositoryFiles()
/** Of npm itself. */
const NPM = ['ci', 'exec', 'install', 'pack', 'run', 'test', 'create', 'pkg']

/** `mailrun …`, however it is started; else as it is. */
function normal(words: readonly string[]): readonly string[] {
  const [program, second, ...rest] = words
  if (program === 'npx' && second === 'mailrun') return words.slice(1)
  if (program === 'node' && second === 'dist/bundle/mailrun.js') return ['mailrun', ...rest]
  const after = words.indexOf('--')
  return program === 'npm' && second === 'exec' && words[after + 1] === 'mailrun' ? words.slice(after + 1) : words
}

class Parsed extends Error {}

const PRINTED_AT_ONCE = ['--help', '--version']

const never = new AbortController().signal
const SIGNALS: Signals = { interrupt: never, abandon: never, running: false, runBegins: () => {} }

/** By the grammar of the command line itself, which stops before anything is done. */
async function faultOfMailrun(words: readonly string[]): Promise<string | undefined> {
  const playbook = /^playbooks\/.*/.exec(words[0] ?? '')?.[0]
  if (playbook !== undefined && !existsSync(join(ROOT, playbook))) return `there is no ${playbook}`
  const mailrun = program('0.0.0', SIGNALS, () => {}).hook('preAction', () => {
    throw new Parsed()
  })
  try {
    await mailrun.parseAsync(
      words.filter((word) => !PRINTED_AT_ONCE.includes(word)),
      { from: 'user' },
    )
  } catch (error) {
    const isFine = error instanceof Parsed || (error as Partial<CommanderError>).exitCode === 0
    return isFine ? undefined : (error as Error).message
  }
  return 'it does nothing'
}

function faultOfNpm([command = '', script = '', ...words]: readonly string[]): string | undefined {
  if (!NPM.includes(command)) return `npm has no command ${command}`
  if (command !== 'run') return undefined
  if (scripts[script] === undefined) return `package.json has no script ${script}`
  const given = words.filter((word) => word !== '--')
  if (script === 'test:unit') return given.map((word) => unlessTest('test/unit/', word)).find((fault) => fault)
  if (script === 'test:lab') return given.map((word) => unlessTest('test/lab/', word)).find((fault) => fault)
  return script === 'lab' ? faultOfLab(given) : undefined
}

const PLACEHOLDERS = ['NAME', 'WORD']
const unlessTest = (folder: string, word: string): string | undefined =>
  PLACEHOLDERS.includes(word) ||
  files.some((file) => file.startsWith(folder) && file.slice(folder.length).includes(word))
    ? undefined
    : `no file in ${folder} has ${word} in its name`

function faultOfLab([command = '', ...words]: readonly string[]): string | undefined {
  const grammar = textOf('lab/main.ts')
  if (!new RegExp(`\\.command\\('${command}[ ']`).test(grammar)) return `the lab has no command ${command}`
  const flags = command === 'ssh' ? [] : words.filter((word) => word.startsWith('--'))
  return flags
    .map((flag) => flag.split('=')[0]!)
    .find((flag) => !grammar.includes(`('${flag} `) && !grammar.includes(`('${flag}'`))
}

/** The command and the format that recipes of docs/contributing add. */
const OF_RECIPES = /^node dist\/bundle\/mailrun\.js (?:count |.* --format tap$)/

async function faultOf({ words, text }: ShownCommand): Promise<string | undefined> {
  const [program, ...rest] = normal(words)
  if (program === 'mailrun') return OF_RECIPES.test(text) ? undefined : faultOfMailrun(rest)
  return program === 'npm' ? faultOfNpm(rest) : undefined
}

/** The beginning of the list that fits; the longest. */
const knownAs = (words: readonly string[]): string | undefined =>
  Object.keys(COMMANDS_OF_PAGES)
    .filter((key) => `${normal(words).join(' ')} `.startsWith(`${key} `))
    .sort((one, other) => other.length - one.length)[0]

/** Those are typed as they stand, by the suite `tutorial` of the lab. */
const inTutorial = tutorialSteps(textOf(TUTORIAL)).flatMap((step) => (step.kind === 'command' ? [step.command] : []))
const isOfTutorial = ({ place, text }: ShownCommand): boolean =>
  place.startsWith(`${TUTORIAL}:`) && inTutorial.some((command) => command.startsWith(text))

test('commands are found in blocks, with and without a prompt, and in sentences', () => {
  const page = [
    '# Page\n\n```\nnpx mailrun ping -i x.yaml    # asks\n\nnpm test\n```\n',
    'Run `mailrun dns plan --format zone`.\n',
    '```\n$ mailrun audit\nmailrun: no\n```\n\n```\nv=spf1 -all\n```\n',
  ].join('\n')
  assert.equal(
    commandsIn('a.md', page).map(({ place, text }) => `${place} ${text}`),
    ['a.md:4 npx mailrun ping -i x.yaml', 'a.md:6 npm test', 'a.md:12 mailrun audit'],
  )
  assert.equal(
    commandsInSentences('a.md', page).map(({ place, text }) => `${place} ${text}`),
    ['a.md:9 mailrun dns plan --format zone'],
  )
})

for (const [command, fault] of [
  ['mailrun pong -i x.yaml --frobnicate', "unknown option '--frobnicate'"],
  ['npx mailrun dns plan --format tap', "option '--format <format>' argument 'tap' is invalid."],
  ['mailrun playbooks/nothing.ts', 'there is no playbooks/nothing.ts'],
  ['npm run nothing', 'package.json has no script nothing'],
  ['npm run test:unit -- house nothing-of-it', 'no file in test/unit/ has nothing-of-it in its name'],
  ['npm run lab up 4 --colour=red', '--colour'],
  ['npm run lab sideways', 'the lab has no command sideways'],
] as const)
  test(`it is seen that this cannot be: ${command}`, async () => {
    const [found] = commandsIn('a.md', `\`\`\`\n${command}\n\`\`\`\n`)
    assert.match((await faultOf(found!)) ?? '', fault)
  })

test('each command has a grammar that fits: known commands, flags, scripts and tests', async () => {
  const faults = []
  const sentences = everyCommandInSentences()
  for (const command of [...everyCommand(), ...sentences]) {
    const fault = await faultOf(command)
    // A sentence may name a flag without its value.
    const isFine = fault === undefined || (sentences.includes(command) && fault.endsWith('argument missing'))
    if (!isFine) faults.push(`${command.place}: ${command.text}: ${fault}`)
  }
  assert.equal(faults, [])
})

test('each command of a block is run by a test, or the list says why not', () => {
  assert.ok(everyCommand().length > 80)
  const unlisted = everyCommand().filter((command) => !isOfTutorial(command) && knownAs(command.words) === undefined)
  assert.equal(
    unlisted.map(({ place, text }) => `${place}: ${text}`),
    [],
  )
})

test('the list has no command that no page shows, and its tests have the words of the command', () => {
  const shown = new Set(everyCommand().map(({ words }) => knownAs(words)))
  const faults = Object.entries(COMMANDS_OF_PAGES).flatMap(([key, { test: path, why }]) => {
    if (!shown.has(key)) return [`${key}: no page shows it`]
    if (path === undefined) return why === undefined ? [`${key}: neither a test nor a reason`] : []
    const file = join('test', path)
    if (!files.includes(file)) return [`${key}: there is no ${file}`]
    const text = textOf(file)
    const missing = key.split(' ').filter((word) => word !== 'mailrun' && !text.includes(word))
    return missing.map((word) => `${key}: ${file} has no ${word}`)
  })
  assert.equal(faults, [])
})

test.run()
