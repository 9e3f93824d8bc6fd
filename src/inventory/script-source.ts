// Runs an executable inventory and reads its JSON into the tree: --list, and --host NAME where there is no _meta.
import { resolve as resolvePath } from 'node:path'
import pLimit from 'p-limit'
import { MailrunError } from '../core/mailrun-error.ts'
import { runProgram } from '../programs/run-program.ts'
import { vaultRefused } from '../secrets/vault.ts'
import { isTemplate, templateRefused } from './template-refused.ts'
import { addChild, addGroup, addHost, setGroupVar, type Tree } from './tree.ts'
import { messageOf } from '../text/message-of.ts'

const SECONDS = 120
const BYTES = 1 << 28
const HOSTS_AT_ONCE = 8

type Json = Readonly<Record<string, unknown>>

/** @throws MailrunError with what it said where it fails, or where its answer has another form */
export async function addScript(tree: Tree, path: string): Promise<void> {
  const where = `${path} --list`
  const { hosts, hostvars } = readListing(tree, await output(path, ['--list']), where)
  const limit = pLimit(HOSTS_AT_ONCE)
  await Promise.all(
    hosts.map((name) =>
      limit(async () => {
        const vars = hostvars === undefined ? await varsOf(path, name) : hostvars[name]
        for (const [key, value] of Object.entries(isObject(vars) ? vars : {})) {
          tree.hosts
            .get(name)!
            .vars.set(key, { value, where: hostvars === undefined ? `${path} --host ${name}` : where })
        }
      }),
    ),
  )
}

/**
 * Reads what `--list` printed; of vars those of groups. Returns the hosts that it names, and the vars of hosts where it
 * said them.
 * @throws MailrunError
 */
export function readListing(
  tree: Tree,
  text: string,
  where: string,
): { readonly hosts: readonly string[]; readonly hostvars: Json | undefined } {
  const answer = jsonObject(text, where)
  const named: string[] = []
  for (const [name, given] of Object.entries(answer))
    if (name !== '_meta') named.push(...readGroup(tree, name, given, where))
  const meta = answer['_meta']
  const hostvars = isObject(meta) && 'hostvars' in meta ? meta['hostvars'] : undefined
  if (hostvars !== undefined && !isObject(hostvars)) throw new MailrunError('_meta.hostvars must be an object', where)
  return { hosts: [...new Set(named)], hostvars }
}

/** Returns the hosts that it names. */
function readGroup(tree: Tree, name: string, given: unknown, where: string): readonly string[] {
  const group = addGroup(tree, name, where)
  const data = groupData(name, given)
  const hosts = listOf(data['hosts'] ?? [], `hosts of ${name}`, where)
  for (const host of hosts) addHost(tree, host, name, undefined, where)
  if (data['vars'] !== undefined && !isObject(data['vars']))
    throw new MailrunError(`vars of ${name} must be an object`, where)
  for (const [key, value] of Object.entries(data['vars'] ?? {})) setGroupVar(group, key, { value, where })
  for (const child of listOf(data['children'] ?? [], `children of ${name}`, where)) addChild(tree, name, child, where)
  return hosts
}

/** A list is short for its hosts; an object without any of the three keys is a host with its vars. */
function groupData(name: string, given: unknown): Json {
  if (!isObject(given)) return { hosts: given }
  return ['hosts', 'vars', 'children'].some((key) => key in given) ? given : { hosts: [name], vars: given }
}

async function varsOf(path: string, name: string): Promise<Json> {
  const said = await output(path, ['--host', name])
  return said.trim() === '' ? {} : jsonObject(said, `${path} --host ${name}`)
}

async function output(path: string, args: readonly string[]): Promise<string> {
  const failed = (why: string): MailrunError =>
    new MailrunError(`this inventory is a program, and it ${why}`, `${path} ${args.join(' ')}`)
  // Without a folder it would be looked up in PATH.
  const answer = await runProgram(resolvePath(path), args, { seconds: SECONDS, bytes: BYTES }).catch((error: Error) => {
    throw failed(`failed: ${error.message}`)
  })
  const { code, stdout, stderr, ended } = answer
  if (ended !== undefined) throw failed(ended)
  if (code !== 0) throw failed(`failed: ${(stderr.trim() || `exit status ${code}`).split('\n').slice(-5).join('\n')}`)
  return stdout
}

function jsonObject(text: string, where: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new MailrunError(`it must print one JSON object: ${messageOf(error)}`, where)
  }
  if (!isObject(value)) throw new MailrunError('it must print one JSON object', where)
  return plainOf(value, where) as Json
}

/**
 * Ansible's JSON has two kinds of texts that are written as objects: encrypted ones, and those that are no templates
 * whatever stands in them.
 * @throws MailrunError for what is not supported
 */
function plainOf(value: unknown, where: string): unknown {
  if (isTemplate(value)) throw templateRefused(where)
  if (Array.isArray(value)) return value.map((each) => plainOf(each, where))
  if (!isObject(value)) return value
  if ('__ansible_vault' in value) throw vaultRefused('the value', where)
  if (typeof value['__ansible_unsafe'] === 'string') return value['__ansible_unsafe']
  // From entries a key called __proto__ is one like any other.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainOf(each, `${where}: ${key}`)]))
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function listOf(value: unknown, what: string, where: string): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw new MailrunError(`${what} must be a list of names`, where)
}
