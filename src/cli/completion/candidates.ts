// Finds the candidates for the word that a user is typing: commands, flags, their values, hosts, groups, tags.
import type { Command, Option } from 'commander'
import { SHIPPED_PLAYBOOKS } from '../../playbook/shipped.ts'
import type { Invocation } from '../command.ts'
import { playbookNames } from '../flags/given.ts'
import { fleetNames, tagsOf } from './project-words.ts'

export interface Candidate {
  readonly word: string
  /** A line of help; empty where there is none. */
  readonly about: string
}

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** Whether names of files may stand there, too: the shell knows those. */
  readonly files: boolean
}

type LookUp = Invocation['lookUp']

/** @param words - of the command line, after the program's name; the last is being typed, and may be empty. */
export async function complete(words: readonly string[], lookUp: LookUp): Promise<Completion> {
  const before = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  const line = await readLine(before, lookUp)
  const { candidates, files } = await wanted(line, before.at(-1), typed)
  return { candidates: candidates.filter(({ word }) => word.startsWith(typed) && word !== ''), files }
}

interface Line {
  readonly command: Command
  /** Of the command, or a playbook. */
  readonly operands: readonly string[]
  readonly inventories: readonly string[]
}

/** What the words before the one that is typed say. */
async function readLine(before: readonly string[], lookUp: LookUp): Promise<Line> {
  let command = await lookUp(undefined)
  const root = command
  const operands: string[] = []
  const inventories: string[] = []
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at]!
    const option = optionOf(command, word) ?? optionOf(root, word)
    if (option !== undefined) {
      const value = takesNext(option, word) ? before[(at += 1)] : word.slice(word.indexOf('=') + 1)
      if (option.attributeName() === 'inventory' && value !== undefined) inventories.push(value)
    } else if (operands.length === 0 && command.commands.some((each) => each.name() === word)) {
      command = command === root ? await lookUp(word) : await lookUp(command.name(), word)
    } else operands.push(word)
  }
  return { command, operands, inventories }
}

const optionOf = (command: Command, word: string): Option | undefined => {
  const [name] = word.split('=')
  return command.options.find(({ short, long }) => name !== undefined && (short === name || long === name))
}

const takesNext = (option: Option, word: string): boolean => option.required && !word.includes('=')

async function wanted(line: Line, last: string | undefined, typed: string): Promise<Completion> {
  const option = last === undefined ? undefined : optionOf(line.command, last)
  if (option !== undefined && takesNext(option, last!)) return valuesOf(option, line, typed)
  if (typed.startsWith('-')) return { candidates: line.command.options.flatMap(flagsOf), files: false }
  const { command, operands } = line
  const isRoot = command.parent === null
  const playbooks = isRoot ? [...playbookNames(), ...SHIPPED_PLAYBOOKS] : []
  const others = playbooks.filter((word) => !operands.includes(word)).map((word) => ({ word, about: 'a playbook' }))
  if (operands.length > 0)
    return { candidates: others, files: command.registeredArguments.some(({ variadic }) => variadic) }
  return {
    candidates: [
      ...command.commands.map((each) => ({ word: each.name(), about: firstLine(each.description()) })),
      ...others,
    ],
    files: command.registeredArguments.length > 0,
  }
}

const firstLine = (text: string): string => text.split(/[;:\n]/, 1)[0]!

const flagsOf = ({ long, short, description }: Option): readonly Candidate[] =>
  [long, short].flatMap((word) => (word === undefined ? [] : [{ word, about: firstLine(description) }]))

async function valuesOf(option: Option, { operands, inventories }: Line, typed: string): Promise<Completion> {
  const plain = (words: readonly string[]): Completion => ({
    candidates: words.map((word) => ({ word, about: '' })),
    files: false,
  })
  if (option.argChoices !== undefined) return plain(option.argChoices)
  // Of a list with commas its last part is typed.
  const head = typed.slice(0, typed.lastIndexOf(',') + 1)
  const listed = (names: readonly string[]): Completion => plain(names.map((name) => `${head}${name}`))
  switch (option.attributeName()) {
    case 'limit':
    case 'host':
      return listed(await fleetNames(inventories))
    case 'tags':
    case 'skipTags':
      return listed(await tagsOf(operands, inventories))
    default:
      return { candidates: [], files: /file|source|folder|key/.test(option.flags) }
  }
}
