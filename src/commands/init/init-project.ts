// Writes the first files of a project: an inventory, a playbook, and files for editors and npm. Existing files stay as
// they are.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MailrunError } from '../../core/mailrun-error.ts'
import { mailDomain } from '../../mail/names/names.ts'
import { shippedPlaybook } from '../../playbook/shipped.ts'
import { namedHosts } from '../adopt/named-hosts.ts'
import { describeInventory } from '../describe-inventory.ts'
import { nextCommands, type NextCommand } from './next-commands.ts'
import { ownDependency } from './own-dependency.ts'
import { INVENTORY_FILE, projectFiles, SCHEMA_FILE } from './project-files.ts'

export interface InitRequest {
  /** The project's folder, which is made where it is not there; left out: the current one. */
  readonly folder?: string | undefined
  /** `[user@]host[:port]` each; left out: two examples, to be replaced. */
  readonly hosts?: readonly string[] | undefined
  /** Mail domains; left out: an example, to be replaced. */
  readonly domains?: readonly string[] | undefined
}

export interface Initialized {
  /** Files that were written, relative to the folder. */
  readonly written: readonly string[]
  /** Files that were there, and are as they were. */
  readonly kept: readonly string[]
  /** What to do now, in this order. */
  readonly next: readonly NextCommand[]
}

const EXAMPLE = { hosts: ['mx1.example.org', 'mx2.example.org'], domains: ['example.org'] }

/** @throws MailrunError for what is no host or no domain, and for a folder that cannot be written */
export async function initProject(request: InitRequest): Promise<Initialized> {
  const { folder = '.' } = request
  const hosts = namedHosts(request.hosts ?? EXAMPLE.hosts)
  const domains = (request.domains ?? EXAMPLE.domains).map(knownDomain)
  const dependency = await ownDependency(folder)
  const files: readonly (readonly [path: string, text: string])[] = [
    ...projectFiles({ folder, hosts, domains, dependency }),
    [SCHEMA_FILE, await schemaText()],
  ]
  const written: string[] = []
  const kept: string[] = []
  for (const [path, text] of files) {
    const isNew = await writeNew(join(folder, path), text)
    ;(isNew ? written : kept).push(path)
  }
  const isExample = written.includes(INVENTORY_FILE) && (request.hosts === undefined || request.domains === undefined)
  return {
    written,
    kept,
    next: nextCommands({ folder, dependency, isExample, manifest: await manifestIn(folder), written }),
  }
}

function knownDomain(text: string): string {
  const domain = mailDomain(text)
  if (domain === undefined) throw new MailrunError(`${JSON.stringify(text)} is no mail domain`, '--domains')
  return domain
}

/** By which editors complete and check the inventory. */
async function schemaText(): Promise<string> {
  const { schema } = await describeInventory({ playbooks: [shippedPlaybook('dkim')!] })
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** Whether it was written: not where anything has its name, a link to nothing included. @throws MailrunError */
async function writeNew(path: string, text: string): Promise<boolean> {
  const cannot = ({ message }: NodeJS.ErrnoException): never => {
    throw new MailrunError(`the file cannot be written: ${message}`, path)
  }
  await mkdir(dirname(path), { recursive: true }).catch(cannot)
  return writeFile(path, text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : cannot(error)),
  )
}

/** What package.json holds; `undefined` for one that npm could not read either. */
async function manifestIn(folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const read = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as unknown
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
