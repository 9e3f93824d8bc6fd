// The compiler knows which facts a playbook declares: another one is a type error.
import { join } from 'node:path'
import ts from 'typescript-api'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'

const test = suite('playbook/facts-types')
const repository = join(import.meta.dirname, '../../../..')

const HEAD = "import { playbook, v } from './src/index.ts'\nimport { file } from './tasks/file.ts'\n"
const textFile = (text: string): string => `[file({ path: '/etc/x', content: ${text} })]`

const RIGHT = [
  `playbook({ name: 'p', hosts: 'all', facts: ['release', 'memory'],
     tasks: ({ host }) => ${textFile("host.facts.release + host.facts.memory.total.toFixed() + host.name")} })`,
  `playbook({ name: 'p', hosts: 'all', facts: ['postfixVersion'], vars: v.object({ text: v.string() }),
     tasks: ({ vars, host }) => ${textFile("vars.text + (host.facts.postfixVersion ?? 'none')")} })`,
  `playbook({ name: 'p', hosts: 'all', vars: v.object({ text: v.string() }), facts: ['disks'],
     tasks: ({ vars, host }) => host.facts.disks.map(({ mount }) => file({ path: mount, content: vars.text })) })`,
]
const WRONG: readonly (readonly [program: string, message: RegExp])[] = [
  [
    `playbook({ name: 'p', hosts: 'all', facts: ['release'], tasks: ({ host }) => ${textFile('host.facts.kernel')} })`,
    /Property 'kernel' does not exist/,
  ],
  [
    `playbook({ name: 'p', hosts: 'all', tasks: ({ host }) => ${textFile('host.facts.release')} })`,
    /Property 'release' does not exist/,
  ],
  [`playbook({ name: 'p', hosts: 'all', facts: ['memry'], tasks: () => [] })`, /"memry"' is not assignable/],
  [
    `playbook({ name: 'p', hosts: 'all', facts: ['postfixVersion'],
       tasks: ({ host }) => ${textFile('host.facts.postfixVersion')} })`,
    /null/,
  ],
  [
    `playbook({ name: 'p', hosts: 'all', facts: ['release'],
       tasks: (_, members) => ${textFile('members[0]!.host.facts.release')} })`,
    /Property 'facts' does not exist/,
  ],
]

/** The messages for each program, all compiled together. */
function messagesOf(programs: readonly string[]): readonly (readonly string[])[] {
  const read = ts.readConfigFile(join(repository, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(read.config, { ...ts.sys, readDirectory: () => [] }, repository)
  const names = programs.map((_, index) => join(repository, `facts-types-${index}.ts`))
  const texts = new Map(programs.map((program, index) => [names[index]!, `${HEAD}void v\nexport default ${program}\n`]))
  const all: ts.CompilerOptions = { ...options, noEmit: true, incremental: false }
  delete all.tsBuildInfoFile
  const host = ts.createCompilerHost(all)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...more) => {
    const text = texts.get(path)
    return text === undefined ? getSourceFile(path, target, ...more) : ts.createSourceFile(path, text, target)
  }
  const program = ts.createProgram(names, all, host)
  return names.map((name) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  )
}

test('declared facts have their types, and nothing else is there', () => {
  const messages = messagesOf([...RIGHT, ...WRONG.map(([program]) => program)])
  RIGHT.forEach((program, index) => assert.equal(messages[index], [], program))
  WRONG.forEach(([program, message], index) =>
    assert.match(messages[RIGHT.length + index]!.join('\n'), message, program),
  )
})

test.run()
