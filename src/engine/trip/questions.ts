// The questions of a trip: equal questions are asked once, and one process answers a family of questions. Then each
// probe gets its answer.
import type { Answer } from '../../core/probe/answer.ts'
import {
  AnswerAwaited,
  leavesOf,
  partsAnswer,
  ProbeError,
  type Family,
  type Probe,
  type Question,
} from '../../core/probe/probe.ts'
import { stackOf } from '../../core/stack-of.ts'
import type { Script } from '../../shell/script.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { once } from '../../text/once.ts'
import type { Asked } from '../foresee.ts'

/** What answers one question, or those of a family: a script of shell, or a part of the reader's program. */
export interface QuestionFrame {
  readonly script: Script
  readonly family: Family | undefined
  readonly items: readonly string[]
}

/** The last script of each family: hosts of a playbook mostly ask the same, and a script is made of its items alone. */
const lastScripts = new WeakMap<Family, { readonly items: string; readonly script: Script }>()

function scriptOf(family: Family, items: readonly string[]): Script {
  const joined = items.join('\0')
  const last = lastScripts.get(family)
  if (last?.items === joined) return last.script
  const script = family.script(items)
  lastScripts.set(family, { items: joined, script })
  return script
}

/** Scripts with equal keys are one question. The text of a question in Perl is long, and not needed here. */
export const questionKey = (script: Script): string => script.perl ?? script.text

export function questionFrames(probes: readonly Probe<unknown>[]): readonly QuestionFrame[] {
  const scripts = new Map<string, Script>()
  const families = new Map<string, { readonly family: Family; readonly items: Set<string> }>()
  for (const { question } of probes.flatMap(leavesOf)) {
    if ('script' in question) scripts.set(questionKey(question.script), question.script)
    if (!('family' in question)) continue
    const known = families.get(question.family.name)
    if (known) known.items.add(question.item)
    else families.set(question.family.name, { family: question.family, items: new Set([question.item]) })
  }
  const frames: readonly QuestionFrame[] = [
    ...[...families.values()].map(({ family, items }) => ({
      script: scriptOf(family, [...items]),
      family,
      items: [...items],
    })),
    ...[...scripts.values()].map((script) => ({ script, family: undefined, items: [] })),
  ]
  return frames.toSorted((one, other) => turnOf(one) - turnOf(other))
}

/** A user's own script, which is shell, comes late: where it hangs, little is left unasked. */
const turnOf = ({ family, script }: QuestionFrame): number =>
  script.perl === undefined ? 2 : family?.early === true ? 0 : 1

/** Why questions have no answer. */
interface NotAnswered {
  /** The frame that did not end in time. */
  readonly hung: QuestionFrame | undefined
  /** What the host said last. */
  readonly rest: Untrusted
}

/**
 * What each probe was answered, read once.
 *
 * @param answers - by the frame's place.
 */
export function readAnswers(
  frames: readonly QuestionFrame[],
  why: NotAnswered,
  answers: ReadonlyMap<number, Answer>,
): (probe: Probe<unknown>) => Asked {
  const byScript = new Map<string, Answer>()
  const byFamily = new Map<string, () => ReadonlyMap<string, Answer>>()
  frames.forEach(({ script, family, items }, index) => {
    const answer = answers.get(index)
    if (answer === undefined) return
    if (family === undefined) {
      byScript.set(questionKey(script), answer)
      return
    }
    const parts = once(() => new Map(family.split(answer, items).map((part, item) => [items[item]!, part])))
    byFamily.set(family.name, parts)
  })
  const answerTo = ({ question }: Probe<unknown>): Answer | undefined => {
    if ('script' in question) return byScript.get(questionKey(question.script))
    if ('family' in question) return byFamily.get(question.family.name)?.().get(question.item)
    const parts = question.parts.map(answerTo)
    return parts.every((part) => part !== undefined) ? partsAnswer(parts) : undefined
  }
  const read = new Map<string, Asked>()
  return (probe) => {
    const known = read.get(probe.key)
    if (known) return known
    const asked = stateOf(probe, answerTo, why)
    read.set(probe.key, asked)
    return asked
  }
}

function stateOf(
  probe: Probe<unknown>,
  answerTo: (probe: Probe<unknown>) => Answer | undefined,
  why: NotAnswered,
): Asked {
  try {
    const answer = answerTo(probe)
    return answer === undefined ? { error: unanswered(probe, why) } : { state: probe.parse(answer) }
  } catch (error) {
    if (error instanceof ProbeError) return { error: error.message }
    if (error instanceof AnswerAwaited) return { error: error.message, awaited: true }
    return { error: `the probe ${probe.key} has a bug, reading its answer threw: ${stackOf(error)}` }
  }
}

/** Whether this frame answers the probe, or a part of it. */
export const isAsked = (probe: Probe<unknown>, frame: QuestionFrame | undefined): boolean =>
  frame !== undefined && leavesOf(probe).some(({ question }) => isIn(frame, question))

const isIn = (frame: QuestionFrame, question: Question): boolean =>
  'script' in question
    ? questionKey(question.script) === questionKey(frame.script)
    : 'family' in question && question.family.name === frame.family?.name

function unanswered(probe: Probe<unknown>, { hung, rest }: NotAnswered): string {
  if (hung === undefined) return `the host did not answer the question${rest === '' ? '' : `: ${rest}`}`
  return isAsked(probe, hung)
    ? 'its question did not end in time, and was ended'
    : 'it was not asked, for a question before it did not end'
}
