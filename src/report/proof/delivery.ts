// Writes what happened to messages that were really sent, for people: a table, and remarks that are no faults.
import { DELIVERY_PATHS, type DeliveryProof, type HostProof, type ProofStatus } from '../../mail/proof/proof.ts'
import { count, nameList } from '../write/name-list.ts'
import { EMPTY, said, term, type TerminalText } from '../write/terminal.ts'

export interface Cell {
  readonly text: TerminalText
  readonly status: ProofStatus
}
export const plain = (text: string): Cell => ({ text: said(text), status: 'none' })

export const DELIVERY_TITLES: readonly string[] = ['host', 'sent from', ...DELIVERY_PATHS]

export const deliveryRows = ({ name, delivery }: HostProof): readonly (readonly Cell[])[] =>
  [...new Set(delivery.map(({ domain }) => domain))].map((domain) => [
    plain(name),
    plain(domain),
    ...DELIVERY_PATHS.map((path): Cell => {
      const proof = delivery.find((each) => each.domain === domain && each.path === path)
      return proof === undefined ? plain('-') : { text: said(cellText(proof)), status: proof.verdict.status }
    }),
  ])

function cellText({ verdict: { id }, selectors = [] }: DeliveryProof): string {
  if (id !== 'arrived') return id
  return selectors.length === 0 ? 'pass' : `pass, ${selectors.join(' + ')}`
}

/** Bytes of a nonce that all messages of a run have. */
const RUN_LENGTH = 12

/** Paths that were left out, with why; and where to look for what was taken, and read by nobody. */
export function deliveryNotes(hosts: readonly HostProof[]): readonly TerminalText[] {
  const left = new Map<string, string[]>()
  const taken: DeliveryProof[] = []
  for (const { name, delivery } of hosts) {
    for (const proof of delivery) {
      if (proof.verdict.id === 'taken') taken.push(proof)
      if (proof.verdict.id !== 'left-out') continue
      const what = `${proof.path} ${proof.verdict.what}`
      const names = left.get(what) ?? []
      if (!names.includes(name)) left.set(what, [...names, name])
    }
  }
  const run = taken[0]?.nonce?.slice(0, RUN_LENGTH)
  return [
    ...[...left].map(([what, names]) => said(`left out  ${nameList(names)}: ${what}`)),
    ...(run === undefined ? [] : [takenNote(taken.length, run)]),
  ].flatMap((note) => [note, EMPTY])
}

function takenNote(messages: number, run: string): TerminalText {
  const where = said(`${count(messages, 'message')}: search for "mailrun verify ${run}" where they arrive`)
  const what = term`Authentication-Results must say spf=pass, dkim=pass and dmarc=pass`
  return term`taken  ${where}; ${what} (bounces return a message with that subject)`
}
