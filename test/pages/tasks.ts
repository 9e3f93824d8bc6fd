// The page of task modules, made from the modules themselves.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import ts from 'typescript-api'
import type { TaskModule } from '../../src/core/task/define-task.ts'
import { Secret } from '../../src/shell/secret.ts'
import * as tasks from '../../tasks/index.ts'

const FOLDER = join(import.meta.dirname, '../../../tasks')

interface Documented {
  readonly about: string
  /** What Ansible has for it: the tag `@ansible` of its docstring. */
  readonly ansible: string
  readonly args: readonly { readonly name: string; readonly type: string; readonly about: string }[]
}

/** What the sources say of each module and of its arguments, by its name. */
function documented(): ReadonlyMap<string, Documented> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(FOLDER, name))
  const program = ts.createProgram(files, {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const words = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker))
  const index = checker.getSymbolAtLocation(program.getSourceFile(join(FOLDER, 'index.ts'))!)!
  return new Map(
    checker.getExportsOfModule(index).flatMap((exported): [string, Documented][] => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      if ((symbol.flags & ts.SymbolFlags.Variable) === 0) return []
      const type =
        checker.getTypeOfSymbol(symbol).aliasTypeArguments?.[0] ??
        (checker.getTypeOfSymbol(symbol) as ts.TypeReference).typeArguments?.[0]
      return type === undefined
        ? []
        : [
            [
              exported.name,
              { about: words(symbol), ansible: ansibleOf(symbol), args: argumentsOf(type, checker, words) },
            ],
          ]
    }),
  )
}

function ansibleOf(symbol: ts.Symbol): string {
  const tag = symbol.getJsDocTags().find(({ name }) => name === 'ansible')
  return tag === undefined ? 'none' : ts.displayPartsToString(tag.text)
}

function argumentsOf(type: ts.Type, checker: ts.TypeChecker, words: (symbol: ts.Symbol) => string): Documented['args'] {
  const members = type.isUnion() ? type.types : [type]
  const found = new Map<string, Documented['args'][number]>()
  for (const property of members.flatMap((member) => checker.getPropertiesOfType(member))) {
    const stated = statedType(property)
    if (stated === undefined) continue
    const known = found.get(property.name)
    found.set(property.name, {
      name: property.name,
      type: merged(known?.type, stated.getText()),
      about: known?.about || words(property),
    })
  }
  return [...found.values()]
}

/** As the source has it; `undefined` where it says that there is no such argument. */
function statedType(property: ts.Symbol): ts.TypeNode | undefined {
  const node = property.valueDeclaration
  if (node === undefined || !ts.isPropertySignature(node)) return undefined
  return node.type?.kind === ts.SyntaxKind.NeverKeyword ? undefined : node.type
}

const merged = (known: string | undefined, type: string): string =>
  [...new Set([...(known?.split(' | ') ?? []), ...type.split(' | ')])].join(' | ')

/** As one writes it: a Secret and a script are made, not spelled out. */
function code(value: unknown): string {
  if (value instanceof Secret) return `new Secret('…')`
  if (Array.isArray(value)) return `[${value.map((each) => code(each)).join(', ')}]`
  if (typeof value !== 'object' || value === null || value instanceof RegExp)
    return inspect(value, { breakLength: Infinity })
  if ('shown' in value && 'text' in value) return `sh\`${String(value.shown)}\``
  if (Object.keys(value).length === 0) return '{}'
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${code(each)}`)
    .join(', ')} }`
}

const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|')

type Modules = Readonly<Record<string, TaskModule<object, unknown>>>

export function tasksPage(): string {
  const docs = documented()
  const modules = Object.entries(tasks as unknown as Modules)
  const links = modules.map(([name]) => `[${name}](#${name.toLowerCase()})`)
  const sections = modules.map(([name, module]) => section(module, docs.get(name)!))
  return `# Task modules

${ABOUT}

${links.join(' · ')}

${sections.join('\n')}`
}

const ABOUT = [
  'On this page you find every task module, its arguments and an example of each use. ' +
    "A playbook imports them: `import { apt, service } from 'mailrun/tasks'`.",
  '',
  'All modules also take `name` (shown in place of the default name) and `tags`. ' +
    '`npm run docs` writes this page from the modules; the tests run each example on a real host.',
].join('\n')

function section({ definition }: TaskModule<object, unknown>, { about, ansible, args }: Documented): string {
  const { type, examples } = definition
  const stated = definition.arguments as Readonly<Record<string, { required: boolean }>> | undefined
  const rows = args.map((each) => {
    const required = stated?.[each.name]?.required ? 'required' : ''
    return `| \`${each.name}\` | ${required} | \`${cell(each.type)}\` | ${cell(each.about)} |`
  })
  const table = ['| argument | | type | |', '|---|---|---|---|', ...rows].join('\n')
  const shown = examples.map(({ title, args: given }) => `// ${title}\n${type}(${code(given)})`)
  return `## ${type}

${about}

In Ansible: ${ansible}

${rows.length === 0 ? 'It takes no arguments.' : table}

\`\`\`ts
${shown.join('\n')}
\`\`\`
`
}
