// The type of a command of the command line: its flags, and the function that carries it out.
import type { Command } from 'commander'
import type { FleetFlags } from './flags/fleet-flags.ts'
import type { Signals } from './terminal/signals.ts'

export interface CliCommand<Flags = FleetFlags> {
  /**
   * Adds flags, and what its help says besides.
   * @param action - which of the command's actions it is for; `undefined`: the command itself.
   */
  grammar(command: Command, action?: string): void
  /** Resolves with the exit status. @throws MailrunError before any host is touched */
  act(invocation: Invocation<Flags>): Promise<number>
}

/** What the command line says. */
export interface Invocation<Flags = FleetFlags> {
  readonly flags: Flags
  /** What stands there beside flags: hosts, playbooks. */
  readonly operands: readonly string[]
  /** Of a command that has several: which. */
  readonly action: string | undefined
  readonly signals: Signals
  /** The command that a name stands for, or one of its actions, with its flags; `undefined`: `mailrun` itself. */
  readonly lookUp: (name: string | undefined, action?: string) => Promise<Command>
}
