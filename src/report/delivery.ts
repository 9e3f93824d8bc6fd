// What became of messages that were really sent, for people: a table, and what there is to know of it that is no fault.
import { DELIVERY_PATHS, type DeliveryProof, type HostProof, type ProofStatus } from '../model/proof.ts'
import { harmlessLine } from './harmless.ts'
import { count, nameList } from './name-list.ts'

export interface Cell {
  readonly text: string
  readonly status: ProofStatus
}
export const plain = (text: string): Cell => ({ text, status: 'none' })

export const DELIVERY_TITLES: readonly string[] = ['host', 'sent from', ...DELIVERY_PATHS]

export const deliveryRows = ({ name, delivery }: HostProof): readonly (readonly Cell[])[] =>
  [...new Set(delivery.map(({ domain }) => domain))].map((domain) => [
    plain(harmlessLine(name)),
    plain(harmlessLine(domain)),
    ...DELIVERY_PATHS.map((path): Cell => {
      const proof = delivery.find((each) => each.domain === domain && each.path === path)
      return proof === undefined ? plain('-') : { text: cellText(proof), status: proof.verdict.status }
    }),
  ])

function cellText({ verdict: { id }, selectors = [] }: DeliveryProof): string {
  if (id !== 'arrived') return id
  return selectors.length === 0 ? 'pass' : `pass, ${harmlessLine(selectors.join(' + '))}`
}

/** Bytes of a nonce that all messages of a run have. */
const RUN_LENGTH = 12

/** Ways that were left out, with why; and where to look for what was taken, and read by nobody. */
export function deliveryNotes(hosts: readonly HostProof[]): readonly string[] {
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
    ...[...left].map(([what, names]) => harmlessLine(`left out  ${nameList(names)}: ${what}`)),
    ...(run === undefined ? [] : [takenNote(taken.length, run)]),
  ].flatMap((note) => [note, ''])
}

const takenNote = (messages: number, run: string): string =>
  `taken  ${count(messages, 'message')}: search for "mailrun verify ${run}" where they arrive; ` +
  'Authentication-Results must say spf=pass, dkim=pass and dmarc=pass ' +
  '(bounces return a message with that subject)'
