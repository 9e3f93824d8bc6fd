// Writes facts about hosts for people, host by host, a line for each fact.
import type { FactName, Memory, Route } from '../../core/gathered-facts.ts'
import { FACT_NAMES, type FactsOfHost, type KnownFacts } from '../../playbook/gathered-facts.ts'
import { asLines, indented, joined, said, term, type Colours, type TerminalText } from '../write/terminal.ts'
import { pad } from '../write/width.ts'
import type { FactsFormat } from './format.ts'

export const format: FactsFormat = {
  language: 'terminal',
  about: 'people: a line for each fact',
  write: (hosts, { paint }) =>
    joined(
      hosts.map((host) => asLines(hostLines(host, paint))),
      term`\n`,
    ),
}

const COLUMNS = Math.max(...FACT_NAMES.map(({ length }) => length))

function hostLines({ name, status, facts, error }: FactsOfHost, paint: Colours): readonly TerminalText[] {
  if (facts === undefined)
    return [term`${paint.strong(said(name))}: ${paint.bad(said(status))}`, ...indented(error ?? '', term`  `)]
  return [
    paint.strong(said(name)),
    ...FACT_NAMES.flatMap((fact) => {
      const [first = '', ...more] = valuesOf(facts, fact)
      return [
        term`  ${pad(said(fact), COLUMNS)}  ${said(first)}`,
        ...more.map((each) => term`  ${pad(said(''), COLUMNS)}  ${said(each)}`),
      ]
    }),
  ]
}

/** A line each. */
function valuesOf(facts: KnownFacts, name: FactName): readonly string[] {
  const { memory, disks, addresses } = facts
  if (facts[name] === null) return [name.startsWith('defaultRoute') ? 'none' : 'unknown']
  switch (name) {
    case 'memory':
      return [memoryText(memory!)]
    case 'disks':
      return disks!.map(
        ({ mount, type, device, size, available }) =>
          `${mount}  ${sizeText(available)} of ${sizeText(size)} available  (${type}, ${device})`,
      )
    case 'addresses':
      return [addresses!.join(', ')]
    case 'defaultRoute':
    case 'defaultRoute6':
      return [routeText(facts[name])]
    default:
      return [String(facts[name])]
  }
}

const memoryText = ({ total, available, swapTotal, swapFree }: Memory): string =>
  `${sizeText(available)} of ${sizeText(total)} available` +
  (swapTotal > 0 ? `; swap ${sizeText(swapFree)} of ${sizeText(swapTotal)} free` : '; no swap')

const routeText = ({ gateway, interface: name }: Route): string =>
  gateway === null ? `by ${name}` : `by ${gateway} on ${name}`

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  const size = bytes / 1024 ** power
  return `${power === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[power]}`
}
