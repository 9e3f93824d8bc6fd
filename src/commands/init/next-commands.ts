// The next commands for a project that `mailrun init` has just written. They depend on what existed before.
import { quote } from '../../shell/quote.ts'
import { INVENTORY_FILE } from './project-files.ts'

export interface NextCommand {
  /** As typed in a shell; `undefined`: something to do by hand. */
  readonly command: string | undefined
  readonly why: string
}

interface Situation {
  readonly folder: string
  /** How package.json names mailrun. */
  readonly dependency: string
  /** Whether the inventory holds example hosts or domains. */
  readonly isExample: boolean
  /** The project's package.json. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined
  readonly written: readonly string[]
}

export function nextCommands({ folder, dependency, isExample, manifest, written }: Situation): readonly NextCommand[] {
  const isOurs = written.includes('package.json')
  const isModule = manifest?.['type'] === 'module'
  const inventory = isOurs ? '' : ` -i ${INVENTORY_FILE}`
  const install = isOurs ? 'npm install' : installCommand(dependency, manifest)
  return [
    ...(folder === '.' ? [] : [{ command: `cd ${quote(folder)}`, why: 'the project' }]),
    ...(isExample
      ? [{ command: undefined, why: `put your own hosts and domains into ${INVENTORY_FILE}, where the examples are` }]
      : []),
    ...(isModule ? [] : [{ command: 'npm pkg set type=module', why: 'playbooks are ES modules' }]),
    { command: install, why: 'mailrun itself, and what editors check playbooks with' },
    { command: `npx mailrun ping${inventory}`, why: 'whether each host is reached; changes nothing' },
    { command: `npx mailrun site${inventory} --check`, why: 'what a run would change; changes nothing' },
  ]
}

/** Into a package.json that was there before. */
function installCommand(dependency: string, manifest: Situation['manifest']): string {
  const has = ['dependencies', 'devDependencies'].some((key) => {
    const named = manifest?.[key]
    return typeof named === 'object' && named !== null && 'mailrun' in named
  })
  const mailrun = dependency.startsWith('file:') ? quote(dependency.slice('file:'.length)) : 'mailrun'
  return `npm install --save-dev typescript @types/node${has ? '' : ` && npm install ${mailrun}`}`
}
