// Reads group_vars/ and host_vars/ beside an inventory or a playbook, as Ansible's plugin host_group_vars does.
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Var } from '../core/fleet/host.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { readYaml } from './read-yaml.ts'

export interface VarsFolders {
  /** @throws MailrunError with file:line */
  group(name: string): Promise<ReadonlyMap<string, Var>>
  host(name: string): Promise<ReadonlyMap<string, Var>>
}

const ENDINGS = ['', '.yml', '.yaml', '.json']
/** Files that age(1) made beside them; they count after those, so that a secret wins over what stands in clear. */
const SEALED_ENDINGS = ENDINGS.map((ending) => `${ending}.age`)

/** @param folder - that of the inventory file, or of the playbook. */
export async function varsFolders(folder: string, keyring: Keyring): Promise<VarsFolders> {
  const [groups, hosts] = await Promise.all(['group_vars', 'host_vars'].map((name) => contents(join(folder, name))))
  return { group: reader(groups!, keyring), host: reader(hosts!, keyring) }
}

interface Contents {
  readonly folder: string
  readonly names: ReadonlySet<string>
}

const contents = async (folder: string): Promise<Contents> => ({
  folder,
  names: new Set(await readdir(folder).catch(() => [])),
})

/** Each file is read once, however many hosts are in the group. */
function reader({ folder, names }: Contents, keyring: Keyring): (name: string) => Promise<ReadonlyMap<string, Var>> {
  const known = new Map<string, Promise<ReadonlyMap<string, Var>>>()
  return (name) => {
    if (names.size === 0) return Promise.resolve(new Map())
    const before = known.get(name)
    if (before) return before
    // Of `mail`, `mail.yml`, … only the first that is there counts, and of `mail.age`, `mail.yml.age`, …
    const first = [ENDINGS, SEALED_ENDINGS].flatMap(
      (endings) => endings.map((ending) => `${name}${ending}`).find((each) => names.has(each)) ?? [],
    )
    const read = Promise.all(first.map((each) => filesOf(join(folder, each)))).then((files) =>
      varsOf(files.flat(), keyring),
    )
    known.set(name, read)
    return read
  }
}

/** The file, or all files of the folder and below, by name. */
async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const files: string[] = []
  for (const name of (await readdir(path)).sort()) {
    if (name.startsWith('.') || name.endsWith('~')) continue
    const each = join(path, name)
    if ((await stat(each)).isDirectory()) files.push(...(extname(name) === '' ? await filesOf(each) : []))
    else if (ENDINGS.includes(extname(name)) || extname(name) === '.age') files.push(each)
  }
  return files
}

async function varsOf(files: readonly string[], keyring: Keyring): Promise<ReadonlyMap<string, Var>> {
  const vars = new Map<string, Var>()
  for (const path of files) {
    const file = await readYaml(path, keyring)
    for (const { key, value, where } of file.entries(file.root, 'a file of vars', path))
      vars.set(key, { value: file.value(value), where })
  }
  return vars
}
