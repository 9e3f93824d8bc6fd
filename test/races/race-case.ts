// The cases of the races: every example of every task that writes files, with its paths below a directory that the
// attacker owns; given as it is, and given to him with the old file kept.
import type { TaskModule } from '../../src/core/task/define-task.ts'
import { listedTask } from '../../src/testing/plan-of.ts'

export interface RaceCase {
  /** `file: No file`; with `, given to him` for the second kind. */
  readonly title: string
  /** The module's export. */
  readonly task: string
  readonly args: object
  readonly sources: Readonly<Record<string, string>>
  /** The attacker's directory; all that is below it is his. */
  readonly home: string
  readonly user: string
  /** Lays out what is below `home` before each round; run once, by root. */
  readonly given: string
}

type Modules = Readonly<Record<string, TaskModule<object, unknown>>>

const HOME = '/home/mallory'
const USER = 'mallory'
const KEYS = '/etc/dkimkeys'

/** Text of the administrator's own, or of packages: nothing that mailrun writes by a name. */
const OTHERS_TEXT = ['command', 'apt']
/** It works as the user whose directory it is; root refuses it there. */
const AS_THE_USER = ['git']
/** They refuse any path below a directory of his before they make anything, as the suites `mounts` and `swap` see. */
const REFUSE_HIS = ['mount', 'swapFile']
/** Its examples restart a unit; what it does with files is the case below. */
const ACTIVATION = 'opendkim'
/** OpenDKIM's tables, put in place as the activation does. */
const TABLES: RaceCase = {
  title: `${ACTIVATION}: its tables`,
  task: ACTIVATION,
  args: {},
  sources: {},
  home: KEYS,
  user: 'opendkim',
  given: `
echo 'mx1._domainkey.example.org example.org:mx1:${KEYS}/example.org/mx1.private' > ${KEYS}/KeyTable
echo '*@example.org mx1._domainkey.example.org' > ${KEYS}/SigningTable
echo 127.0.0.1 > ${KEYS}/TrustedHosts
mkdir -p ${KEYS}/example.org
echo '1803859200 keyed mx1' > ${KEYS}/example.org/history
openssl genrsa -out ${KEYS}/example.org/mx1.private 1024 2>/dev/null`,
}

/** @throws Error where no task has any */
export function raceCases(modules: Modules): readonly RaceCase[] {
  const cases = Object.entries(modules)
    .filter(([task]) => ![...OTHERS_TEXT, ...AS_THE_USER, ...REFUSE_HIS, ACTIVATION].includes(task))
    .flatMap(([task, module]) => casesOf(task, module))
  if (cases.length === 0) throw new Error('no task writes a file')
  return [...cases, TABLES, { ...TABLES, title: 'audit: its questions', task: 'audit' }]
}

function casesOf(task: string, module: TaskModule<object, unknown>): readonly RaceCase[] {
  return module.definition.examples.flatMap(({ title, args, given = '', sources = {} }): readonly RaceCase[] => {
    const paths = writtenBy(module, args, sources)
    const made = { task, sources, title: `${task}: ${title}` }
    if (paths.some((path) => path.startsWith(`${KEYS}/`)))
      return [{ ...made, args: quick(task, args), home: KEYS, user: 'opendkim', given }]
    const his = moved(args) as object
    const hisPaths = writtenBy(module, his, sources).filter((path) => path.startsWith(`${HOME}/`))
    if (hisPaths.length === 0) return []
    const laid = { ...made, home: HOME, user: USER, given: layOut(paths, given) }
    return [
      { ...laid, args: his },
      ...givenAway(module, his).map((away) => ({ ...laid, title: `${laid.title}, given to him`, args: away })),
    ]
  })
}

const writtenBy = (
  module: TaskModule<object, unknown>,
  args: object,
  sources: RaceCase['sources'],
): readonly string[] =>
  listedTask(module(args), sources).writes.flatMap((resource) =>
    resource.startsWith('path:') ? [resource.slice('path:'.length)] : [],
  )

/** A large key takes long to be made, and is not what is raced for. */
const quick = (task: string, args: object): object => (task === 'dkimKey' ? { ...args, bits: 1024 } : args)

/** Below the attacker's directory whatever is below /etc or /srv, wherever it is said. */
function moved(value: unknown): unknown {
  if (typeof value === 'string') return movedText(value)
  if (Array.isArray(value)) return value.map(moved)
  // Secrets, expressions and bytes stay as they are.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each)]))
}

const movedText = (text: string): string => text.replace(/(?<![\w%./-])\/(?=(?:etc|srv)\/)/g, `${HOME}/`)

/** Something in place of each file that the example finds on every host, and what it is given. */
const layOut = (paths: readonly string[], given: string): string => `
mkdir -p ${HOME}/etc/sudoers.d ${HOME}/etc/sysctl.d ${HOME}/etc/default ${HOME}/etc/ssh ${HOME}/srv
for path in ${paths.map((path) => `'${path.replaceAll("'", String.raw`'\''`)}'`).join(' ')}; do
  [ ! -f "$path" ] || echo '127.0.0.1 localhost' > "${HOME}$path"
done
${movedText(given)}`

/** Where the task can: to the attacker himself, and with the old file kept. */
function givenAway(module: TaskModule<object, unknown>, args: object): readonly object[] {
  const known = module.definition.arguments ?? {}
  // Whose he is already is nothing to be done.
  if (!('owner' in known) || module.definition.type === 'owner') return []
  const more = {
    owner: USER,
    ...('group' in known ? { group: USER } : {}),
    ...('backup' in known ? { backup: true } : {}),
  }
  const away = { ...args, ...more }
  try {
    module(away)
    return [away]
  } catch {
    return []
  }
}
