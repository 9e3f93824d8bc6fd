// Makes a task of arguments some of which are answers of the host: they become a part of the task's own state.
import { Answered, NotKnownYet, notKnownYet } from './answered.ts'
import { checkArguments, wrongArguments } from './check-arguments.ts'
import type { CommonArgs, TaskDefinition } from './task-definition.ts'
import { blocked, type Plan } from './plan.ts'
import type { Listing } from '../fleet/source.ts'
import { joinProbes } from '../probe/join-probes.ts'
import type { PlanContext, Task } from './task.ts'
import { messageOf } from '../../text/message-of.ts'

/** What the task's own question was answered, and those of its arguments. */
export interface WithAnswers<State> {
  readonly own: State
  readonly answers: readonly unknown[]
}

/** @param args - of a playbook that no compiler has seen they may be anything. */
export const takesAnswers = (args: unknown): boolean =>
  typeof args === 'object' && args !== null && Object.values(args).some((value) => value instanceof Answered)

type Parts<State> = Pick<Task<State>, 'name' | 'writes' | 'owns' | 'sources' | 'once' | 'probe' | 'plan'>

/**
 * @param given - at least one of them is an answer.
 * @param listing - what is in the folder that the task brings.
 * @returns what is wrong with them, in words, where they cannot be
 */
export function withAnswers<Args extends object, State>(
  definition: TaskDefinition<Args, State>,
  given: Args & CommonArgs,
  listing: Listing,
): Parts<WithAnswers<State>> | string {
  const late = Object.entries(given).filter(
    (entry): entry is [string, Answered<unknown>] => entry[1] instanceof Answered,
  )
  const names = late.map(([name]) => name)
  const wrong = wrongNames(definition, names)
  if (wrong !== undefined) return wrong
  const { arguments: wanted } = definition
  const checked = wanted === undefined ? undefined : checkArguments(optional(wanted, names), without(given, names))
  if (checked !== undefined) return checked
  const standIn = { ...given, ...Object.fromEntries(late.map(([name, answer]) => [name, notKnownYet(answer)])) }
  try {
    const probe = definition.probe(standIn, listing)
    return {
      name: given.name ?? orNothing(() => definition.name(standIn)) ?? definition.type,
      writes: definition.writes(standIn, listing),
      owns: definition.owns?.(standIn, listing) ?? [],
      sources: definition.sources?.(standIn, listing) ?? [],
      once: definition.once?.(standIn) ?? false,
      probe: joinProbes(
        probe,
        late.map(([, answer]) => answer.probe),
        (own, answers) => ({ own, answers }),
        ({ own, answers }) => [own, answers],
      ),
      plan: (now, context) => planned({ definition, given, listing, late, key: probe.key }, now, context),
    }
  } catch (error) {
    if (!(error instanceof NotKnownYet)) throw error
    return (
      `what is asked of the host depends on ${names.join(' or ')}: it cannot be an answer of the host; ` +
      'only what a task makes of its answer can'
    )
  }
}

function wrongNames<Args, State>({ arguments: wanted }: TaskDefinition<Args, State>, names: readonly string[]) {
  const common = names.find((name) => name === 'name' || name === 'tags')
  if (common !== undefined) return `${common} cannot be an answer of the host: it is wanted before any is asked`
  const unknown = wanted === undefined ? undefined : names.find((name) => !Object.hasOwn(wanted, name))
  return unknown === undefined ? undefined : `there is no argument ${JSON.stringify(unknown)}`
}

const without = (given: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)))

const optional = <Each extends object>(wanted: Readonly<Record<string, Each>>, names: readonly string[]) =>
  Object.fromEntries(
    Object.entries(wanted).map(([name, each]) => [name, names.includes(name) ? { ...each, required: false } : each]),
  ) as Readonly<Record<string, Each>>

function orNothing<Value>(what: () => Value): Value | undefined {
  try {
    return what()
  } catch (error) {
    if (error instanceof NotKnownYet) return undefined
    throw error
  }
}

interface Late<Args extends object, State> {
  readonly definition: TaskDefinition<Args, State>
  readonly given: Args & CommonArgs
  readonly listing: Listing
  readonly late: readonly (readonly [name: string, answer: Answered<unknown>])[]
  /** Of the question that was asked before the answers were known. */
  readonly key: string
}

/** With the answers, the arguments are checked as those of any task are when a playbook is loaded. */
function planned<Args extends object, State>(
  { definition, given, listing, late, key }: Late<Args, State>,
  { own, answers }: WithAnswers<State>,
  context: PlanContext,
): Plan<WithAnswers<State>> {
  let args: Args & CommonArgs
  try {
    const values = late.map(([name, answer], index) => [name, answer.read(answers[index])])
    args = { ...given, ...(Object.fromEntries(values) as object) }
  } catch (error) {
    return blocked(`what the playbook makes of the answer threw: ${messageOf(error)}`)
  }
  const wrong = wrongArguments(definition, args)
  if (wrong !== undefined) return blocked(`of the answer of the host: ${wrong}`)
  if (definition.probe(args, listing).key !== key)
    return blocked(`${late.map(([name]) => name).join(' and ')}: this answer changes what is asked of the host`)
  return withThen(definition.plan(args, own, context, listing), answers)
}

/** The answers stay what they are: a plan that changes them is another task's. */
function withThen<State>(plan: Plan<State>, answers: readonly unknown[]): Plan<WithAnswers<State>> {
  switch (plan.kind) {
    case 'change':
      return { ...plan, then: { own: plan.then, answers } }
    case 'ask':
      return { ...plan, then: (said) => withThen(plan.then(said), answers) }
    default:
      return plan
  }
}
