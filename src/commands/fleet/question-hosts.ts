// Prepares hosts that a command only asks: they are chosen and their vars checked as for a playbook, with questions and
// no tasks.
import { playbook, type PlaybookInput } from '../../core/fleet/playbook.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { SchemaOutput, StandardSchema } from '../../core/standard-schema.ts'
import type { ExtraVar } from '../../playbook/extra-vars.ts'
import { prepare } from '../../playbook/prepare.ts'
import type { Keyring } from '../../secrets/keyring.ts'

/** Which hosts, and what is known of them beforehand. */
export interface HostSelection {
  readonly inventory: Inventory
  readonly limit: string | undefined
  readonly extraVars: ReadonlyMap<string, ExtraVar>
  readonly keyring: Keyring
}

export interface QuestionedHosts<Vars> {
  readonly hosts: readonly PreparedHost[]
  /** Of each of them, by name. */
  readonly vars: ReadonlyMap<string, Vars>
}

/**
 * No host is touched.
 *
 * @param command - of mailrun, that asks.
 * @throws MailrunError with all that is wrong with the vars
 */
export async function questionHosts<const Schema extends StandardSchema>(
  command: string,
  schema: Schema,
  selection: HostSelection,
  questions: (input: PlaybookInput<SchemaOutput<Schema>>) => NonNullable<PreparedHost['outputs']>,
): Promise<QuestionedHosts<SchemaOutput<Schema>>> {
  const vars = new Map<string, SchemaOutput<Schema>>()
  const asking = playbook({
    name: command,
    hosts: 'all',
    vars: schema,
    tasks: () => [],
    outputs: (input) => {
      vars.set(input.host.name, input.vars)
      return questions(input)
    },
  })
  return {
    hosts: await prepare({
      playbook: asking,
      playbookPath: `mailrun ${command}`,
      tags: [],
      skipTags: [],
      ...selection,
    }),
    vars,
  }
}
