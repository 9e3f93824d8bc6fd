// The texts of the files of a new project. People read and edit them, so each says what it is for.
import { basename, resolve } from 'node:path'
import type { NamedHost } from '../adopt/named-hosts.ts'

export const INVENTORY_FILE = 'inventory/hosts.yaml'
export const SCHEMA_FILE = 'inventory/hosts.schema.json'

interface ProjectFacts {
  readonly folder: string
  readonly hosts: readonly NamedHost[]
  readonly domains: readonly string[]
  /** How package.json names mailrun. */
  readonly dependency: string
}

export const projectFiles = (facts: ProjectFacts): readonly (readonly [path: string, text: string])[] => [
  ['package.json', json(manifest(facts))],
  ['tsconfig.json', json(COMPILER)],
  ['.gitignore', IGNORED],
  [INVENTORY_FILE, inventoryText(facts)],
  ['playbooks/site.ts', PLAYBOOK],
]

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const manifest = ({ folder, dependency }: ProjectFacts): object => ({
  name: packageName(basename(resolve(folder))),
  private: true,
  type: 'module',
  scripts: { typecheck: 'tsc --noEmit' },
  dependencies: { mailrun: dependency },
  devDependencies: { '@types/node': '^20.19.0', typescript: '~6.0.0' },
  mailrun: { inventory: INVENTORY_FILE },
})

/** npm takes lower case, digits, dots and dashes. */
const packageName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '') || 'mail-hosts'

const COMPILER = {
  extends: 'mailrun/tsconfig',
  compilerOptions: { types: ['node'] },
  include: ['playbooks', 'tasks', 'test', '*.ts'],
}

const IGNORED = `node_modules/

# Secrets: encrypt them (npx mailrun encrypt --help), or keep them elsewhere.
*.key
age-identity.txt
`

const inventoryText = ({ hosts, domains }: ProjectFacts): string => `# yaml-language-server: $schema=hosts.schema.json
# Your mail hosts, and what they are to be. The form is that of Ansible's YAML inventories.
mail:
  hosts:
${hosts.map(hostLine).join('\n')}
  vars:
    # Who logs in; without it, as ssh does. With a user other than root, sudo does the work: ansible_become: true
    # ansible_user: root

    # The domains whose mail is signed. Each host makes a key of its own for each of them.
    domains: [${domains.join(', ')}]
    # What receivers are asked to do with mail that fails; to begin with, nothing but to report it.
    dmarc: { p: none, rua: dmarc@${domains[0]} }
    # A new key signs once all name servers serve it. With key_file, "mailrun dns push" publishes records itself:
    # dns: { key_file: /etc/mailrun/dns.key }
    dns: {}
`

function hostLine({ name, user, port }: NamedHost): string {
  const vars = [
    ...(user === undefined ? [] : [`ansible_user: ${user}`]),
    ...(port === undefined ? [] : [`ansible_port: ${port}`]),
  ]
  const key = name.includes(':') ? `'${name}'` : name
  return `    ${key}:${vars.length === 0 ? '' : ` { ${vars.join(', ')} }`}`
}

const PLAYBOOK = `// What the mail hosts are to be: mail of their domains is signed with DKIM.
import { playbook, v } from 'mailrun'
import { dkimOutputs, dkimTasks, dkimVars, selectorProblems } from 'mailrun/playbooks/dkim'

export default playbook({
  name: 'site',
  hosts: 'mail',
  // Vars of your own go beside these: { ...dkimVars, motd: v.string() }
  vars: v.object(dkimVars),
  fleet: selectorProblems,
  tasks: (input, members) => [
    ...dkimTasks(input, members),
    // Tasks of your own go here: file({ path: '/etc/motd', content: input.vars.motd }), imported from 'mailrun/tasks'.
  ],
  outputs: dkimOutputs,
})
`
