// Writes a new task module and its test from a template that compiles and passes, and adds the module to the list.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript-api'

/** The name cannot be a task's; in words for who typed it. */
export class NewTaskError extends Error {}

/** Paths of what was written, from the repository's root. */
export interface NewTask {
  readonly module: string
  readonly test: string
  readonly list: string
}

const TEMPLATE = { module: 'scripts/task-template.ts', test: 'test/unit/scripts/task-template.test.ts' }
const LIST = 'tasks/index.ts'
/** In the template, in each of its forms. */
const PLACEHOLDER = 'debianAlternative'
/** So that its line of the list is one. */
const LONGEST = 24

/**
 * @param name - as playbooks write it: `mailAlias`
 * @throws NewTaskError for a name that is none, or taken; then nothing was written.
 */
export function newTask(root: string, name: string): NewTask {
  const paths = { module: `tasks/${kebab(name)}.ts`, test: `test/unit/tasks/${kebab(name)}.test.ts`, list: LIST }
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const [module, test, list] = [read(TEMPLATE.module), read(TEMPLATE.test), read(LIST)]
  const wrong =
    wrongName(name) ??
    taken(name, list) ??
    declared(name, module + test) ??
    [paths.module, paths.test]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => `${path} is there already`)[0]
  if (wrong !== undefined) throw new NewTaskError(wrong)

  writeFileSync(join(root, paths.module), named(module, name))
  writeFileSync(join(root, paths.test), named(test, name).replace(TEMPLATE.module, paths.module))
  writeFileSync(join(root, LIST), withLine(list, name))
  // A longer name may need other line breaks than the template's.
  execFileSync(join(root, 'node_modules/.bin/oxfmt'), [paths.module, paths.test, LIST], { cwd: root, stdio: 'pipe' })
  return paths
}

function wrongName(name: string): string | undefined {
  if (name.length > LONGEST) return `the name of a task has at most ${LONGEST} characters, got ${name.length}`
  if (isReserved(name)) return `${name} is a word of JavaScript: choose another name`
  if (/^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)*$/.test(name)) return undefined
  const likely = name.replace(/^[^A-Za-z]+/, '').replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase())
  const meant = likely.charAt(0).toLowerCase() + likely.slice(1)
  const advice = meant === '' || meant === name ? '' : `: did you mean ${meant}?`
  const wanted = 'the name of a task is letters and digits in camel case, such as mailAlias'
  return `${wanted}, got ${JSON.stringify(name)}${advice}`
}

/** Of an ES module, which is strict. */
function isReserved(name: string): boolean {
  const kind = ts.identifierToKeywordKind(ts.factory.createIdentifier(name)) ?? ts.SyntaxKind.Unknown
  const isKeyword = kind >= ts.SyntaxKind.FirstReservedWord && kind <= ts.SyntaxKind.LastFutureReservedWord
  return isKeyword || ['arguments', 'await', 'eval', 'undefined'].includes(name)
}

const taken = (name: string, list: string): string | undefined =>
  new RegExp(`\\{ ${name}\\b`).test(list) ? `there is a task ${name} already: tasks/${kebab(name)}.ts` : undefined

/** The new module or its test would declare it twice. */
function declared(name: string, text: string): string | undefined {
  const imports = [...text.matchAll(/^import (?:type )?(.*) from '/gm)].flatMap(
    ([, all = '']) => all.match(/\w+/g) ?? [],
  )
  const constants = [...text.matchAll(/^const (\w+)/gm)].map(([, each]) => each)
  return imports.includes(name) || constants.includes(name)
    ? `modules of tasks or their tests use the name ${name} for something else: choose another`
    : undefined
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
const named = (text: string, name: string): string =>
  text.replaceAll(PLACEHOLDER, name).replaceAll(pascal(PLACEHOLDER), pascal(name))

/** The list with the module's line, by the order of file names. */
function withLine(list: string, name: string): string {
  const [head = '', ...lines] = list.trimEnd().split('\n')
  const fileOf = (line: string): string => /'\.\/(.*)\.ts'/.exec(line)?.[1] ?? ''
  const line = `export { ${name}, type ${pascal(name)}Args } from './${kebab(name)}.ts'`
  const at = lines.findIndex((each) => fileOf(each) > kebab(name))
  return `${[head, ...lines.toSpliced(at === -1 ? lines.length : at, 0, line)].join('\n')}\n`
}
