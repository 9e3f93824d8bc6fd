// An answer of the host as an argument of a task: a typed value that is known when the task is planned.
import { Secret } from '../../shell/secret.ts'
import { AnswerAwaited, type Probe } from '../probe/probe.ts'

/** Made by {@link answerOf}. */
export class Answered<Value> {
  /** What is asked. */
  readonly probe: Probe<unknown>
  /** Its value is a `Secret`. */
  readonly isSecret: boolean
  readonly #read: (state: unknown) => Value

  constructor(probe: Probe<unknown>, read: (state: unknown) => Value, isSecret = false) {
    this.probe = probe
    this.#read = read
    this.isSecret = isSecret
  }

  /**
   * What the playbook makes of it; `make` must be pure.
   *
   * @example
   * file({ path: '/etc/host-id', content: id.map((text) => `id ${text}\n`) })
   */
  map<Made>(make: (value: Value) => Made): Answered<Made> {
    return new Answered(this.probe, (state) => make(this.#read(state)))
  }

  /** As a secret, which is shown nowhere. */
  secret(): Answered<Secret<Value>> {
    return new Answered(this.probe, (state) => new Secret(this.#read(state)), true)
  }

  /** @param state - of the probe. */
  read(state: unknown): Value {
    return this.#read(state)
  }
}

/**
 * The answer to a question as a value that a later task of the same host takes as an argument. The question is asked
 * with all others, at no extra trip. Where an earlier task is about to change what it looks at, the task waits until
 * that is done; a check then says that the task cannot be known.
 *
 * @example
 * const id = answerOf(commandOutput({ run: 'cat /etc/machine-id', reads: ['path:/etc/machine-id'] }))
 * file({ path: '/etc/host-id', content: id.map((text) => `id ${text}\n`) })
 */
export const answerOf = <Value>(probe: Probe<Value>): Answered<Value> => new Answered(probe, (state) => state as Value)

/** What another host answered, as a question that asks nothing. */
const asked = (key: string, parse: () => unknown): Probe<unknown> => ({
  to: 'host',
  key,
  reads: [],
  question: { parts: [] },
  parse,
  facts: () => [],
  foresee: (state) => state,
})

/** What another host answered. @param key - of this answer alone among all of a run. */
export const givenAnswer = (key: string, value: unknown): Answered<unknown> =>
  answerOf(asked(`given ${key}`, () => value))

/**
 * Not known before another host has done what its answer depends on.
 *
 * @param key - as of {@link givenAnswer}.
 * @param of - in words: `token of mx1`
 */
export const awaitedAnswer = (key: string, of: string): Answered<unknown> =>
  answerOf(
    asked(`awaited ${key}`, () => {
      throw new AnswerAwaited(`cannot be known before ${of} is`)
    }),
  )

/** Arguments, each of which may be an answer. */
export type Answerable<Args> = Args extends unknown ? { readonly [Key in keyof Args]: OrAnswered<Args[Key]> } : never

type OrAnswered<Value> = [Exclude<Value, undefined>] extends [never]
  ? Value
  : Value | Answered<Exclude<Value, undefined>>

/** A value was used that is not known yet. */
export class NotKnownYet extends Error {
  override readonly name = 'NotKnownYet'
}

const refuse = (): never => {
  throw new NotKnownYet('used before it is known')
}

/** Stands for a value that is not known yet: it can be passed on, and compared with another; any other use throws. */
export const notKnownYet = ({ isSecret }: Answered<unknown>): unknown =>
  // By its prototype `instanceof` says what it is.
  new Proxy(Object.create(isSecret ? Secret.prototype : null) as object, { get: refuse, has: refuse, ownKeys: refuse })
