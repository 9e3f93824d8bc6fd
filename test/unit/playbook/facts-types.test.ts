// The compiler knows which facts a playbook declares: another one is a type error.
import * as assert from 'uvu/assert'
import { messagesOfTexts } from '../../compiled.ts'
import { suite } from '../../suite.ts'

const test = suite('playbook/facts-types')

const HEAD = "import { playbook, v } from './src/index.ts'\nimport { file } from './tasks/file.ts'\n"
const textFile = (text: string): string => `[file({ path: '/etc/x', content: ${text} })]`

const RIGHT = [
  `playbook({ name: 'p', hosts: 'all', facts: ['release', 'memory'],
     tasks: ({ host }) => ${textFile('host.facts.release + host.facts.memory.total.toFixed() + host.name')} })`,
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

test('declared facts have their types, and nothing else is there', () => {
  const programs = [...RIGHT, ...WRONG.map(([program]) => program)]
  const texts = programs.map((program) => `${HEAD}void v\nexport default ${program}\n`)
  const messages = messagesOfTexts(texts, 'facts-types')
  RIGHT.forEach((program, index) => assert.equal(messages[index], [], program))
  WRONG.forEach(([program, message], index) =>
    assert.match(messages[RIGHT.length + index]!.join('\n'), message, program),
  )
})

test.run()
