// A host that is ready to run: everything was read, checked and rendered, and only the connection is missing.
import type { Host } from './host.ts'
import type { Probe } from '../probe/probe.ts'
import type { Source } from './source.ts'
import type { Task } from '../task/task.ts'

export interface PreparedHost {
  readonly host: Host
  readonly tasks: readonly Task[]
  readonly outputs: Readonly<Record<string, Probe<unknown>>>
  /** The texts of all secrets among its vars and sources; those of its tasks and of its connection are theirs. */
  readonly secrets: readonly string[]
  /** The bytes of every source that the tasks name. @throws for one that was not prepared. */
  source(source: Source): Uint8Array
  /** Flags with a tag that none of its tasks has, such as `--tags web`; left out: its tasks are not made yet. */
  readonly lacks?: readonly string[]
  /** The names of those that are to be done before it is begun; left out: none. */
  readonly after?: readonly string[]
  /** Questions whose answers other hosts take, by name; left out: none. */
  readonly gives?: Readonly<Record<string, Probe<unknown>>>
  /** The host with what others gave, once they are done; left out: it takes nothing. */
  readonly takes?: (given: (host: string) => GivenAnswers) => Promise<PreparedHost>
  /** Of a playbook that declares facts: without tasks, until the host has said them. */
  readonly gathers?: Gathering
}

/** What is asked of a host with the connection, before its tasks are made. */
export interface Gathering {
  readonly facts: FactProbes
  /**
   * The host with its tasks, made of what it said.
   *
   * @throws MailrunError with what is wrong with them on this host
   */
  complete(facts: Readonly<Record<string, unknown>>): Promise<CompletedHost>
}

/** By the names of `gives`; `undefined`: in a check, what cannot be known yet. */
export type GivenAnswers = Readonly<Record<string, { readonly state: unknown } | undefined>>

/** By the facts' names. */
export type FactProbes = Readonly<Record<string, Probe<unknown>>>

export type CompletedHost = Omit<PreparedHost, 'gathers' | 'after' | 'gives' | 'takes'> & {
  /** What to know of it, in words. */
  readonly notes: readonly string[]
}
