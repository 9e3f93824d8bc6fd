// Writes the result of `mailrun self-test` for people: a line for each host when it is done, and at the end the
// examples that were not carried out.
import { lookOf } from '../screen.ts'
import { wrappedLines } from '../write/wrap.ts'
import type { ExampleResult, ExampleStatus, HostSelfTest, SelfTestStatus } from '../../testing/self-test/result.ts'
import { secondsText } from '../run/recap.ts'
import type { Colours, Paint } from '../write/terminal.ts'
import { asLines, indented, joined, linesOf, said, saidInLines, term, type TerminalText } from '../write/terminal.ts'
import type { SelfTestFormat } from './format.ts'

const WORDS: Readonly<Record<ExampleStatus, string>> = {
  kept: 'keep all laws',
  asked: 'were asked alone',
  skipped: 'were skipped',
  broken: 'break a law',
}

export const format: SelfTestFormat = {
  language: 'terminal',
  about: 'people: a line for each host, broken laws, and what was not carried out, with the reason',
  open: ({ out }) => ({
    done: (host) => out.write(asLines(wrappedLines(hostLines(host, out.paint), lookOf(out).columns))),
    ended: (hosts) => out.write(asLines(wrappedLines(notCarriedOut(hosts, out.paint), lookOf(out).columns))),
  }),
}

function hostLines(host: HostSelfTest, paint: Colours): readonly TerminalText[] {
  const { name, status, system, seconds, examples, error } = host
  const counts = (['kept', 'asked', 'skipped', 'broken'] as const).flatMap((each) => {
    const many = examples.filter((example) => example.status === each).length
    return many === 0 ? [] : [said(`${many} ${WORDS[each]}`)]
  })
  const facts = [...(system === undefined ? [] : [said(system)]), ...counts, secondsText(seconds)]
  const head = term`${paint.strong(said(name))}: ${paintOf(status, paint)(said(status))}: ${joined(facts, term`, `)}`
  const broken = examples.filter((example) => example.status === 'broken')
  return [
    head,
    ...indented(error ?? '', term`    `).filter((line) => line.trim() !== ''),
    ...broken.flatMap(brokenLines),
  ]
}

const brokenLines = ({ task, example, why }: ExampleResult): readonly TerminalText[] => [
  term`    ${said(task)}: ${said(example)}`,
  ...why.flatMap((each) => indented(each, term`        `)),
]

function paintOf(status: SelfTestStatus, paint: Colours): Paint {
  if (status === 'kept') return paint.good
  return status === 'interrupted' ? paint.doubtful : paint.bad
}

/** Each reason once, with the examples that it is the reason of, whatever the host. */
function notCarriedOut(hosts: readonly HostSelfTest[], paint: Colours): readonly TerminalText[] {
  const reasons = new Map<string, Set<string>>()
  for (const { examples } of hosts) {
    for (const { task, example, status, why } of examples) {
      if (status !== 'asked' && status !== 'skipped') continue
      const reason = `${status}: ${why.join('; ')}`
      reasons.set(reason, (reasons.get(reason) ?? new Set()).add(`${task}: ${example}`))
    }
  }
  if (reasons.size === 0) return []
  const parts = [...reasons].flatMap(([reason, examples]) => [
    ...linesOf(term`  ${saidInLines(reason)}`),
    ...[...examples].sort().map((each) => term`    ${said(each)}`),
  ])
  return [paint.strong(said('Not carried out:')), ...parts]
}
