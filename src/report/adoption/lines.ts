// Writes hosts, vars and comments of an inventory as lines of YAML 1.1.
import { stringify } from 'yaml'
import type { AdoptedHost, AdoptedVar, Adoption } from '../../mail/adoption.ts'
import { harmlessLine } from '../write/harmless.ts'

/** Columns of a comment, its mark left out. */
const COLUMNS = 100
/** A list that is longer takes a line for each. */
const FLOW_AT_MOST = 80

/** A host of a group. @param by - blanks before its name. */
export function hostLines(
  { name, vars, choices, left }: AdoptedHost,
  connection: Adoption['connection'],
  by: string,
): readonly string[] {
  const within = `${by}  `
  const reached = Object.entries(connection.get(name) ?? {}).map(([key, value]) => `${within}${key}: ${scalar(value)}`)
  const written = [...reached, ...vars.flatMap((each) => varLines(each, within))]
  const notes = [
    ...choices.flatMap((each) => choiceLines(each, within)),
    ...left.flatMap((each) => comment(`Note: ${each}.`, `${within}# `)),
  ]
  return [`${by}${scalar(name)}:${written.length === 0 ? ' {}' : ''}`, ...written, ...notes]
}

export const varLines = ({ name, value, why }: AdoptedVar, by: string): readonly string[] => [
  ...(why === undefined ? [] : comment(`${why}.`, `${by}# `)),
  ...valueLines(name, value, by),
]

const choiceLines = ({ name, value, why }: AdoptedVar, by: string): readonly string[] => [
  ...(why === undefined ? [] : comment(`${why}:`, `${by}# `)),
  ...valueLines(name, value, '').map((line) => `${by}# ${line}`),
]

function valueLines(name: string, value: unknown, by: string): readonly string[] {
  const flow = `${by}${name}: ${scalar(value)}`
  if (!Array.isArray(value) || flow.length <= FLOW_AT_MOST) return [flow]
  return [`${by}${name}:`, ...value.map((each) => `${by}  - ${scalar(each)}`)]
}

/** In one line; a text that YAML 1.1 would take for something else is in quotes. */
export const scalar = (value: unknown): string =>
  stringify(value, {
    schema: 'yaml-1.1',
    lineWidth: 0,
    collectionStyle: 'flow',
    flowCollectionPadding: false,
  }).trimEnd()

/** Words in lines of their own, whatever they hold. */
export function comment(text: string, mark: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of harmlessLine(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => `${mark}${each}`)
}
