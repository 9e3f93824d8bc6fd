// `mailrun schema`: flags, and the JSON Schema on standard output.
import { Option } from 'commander'
import { describeInventory } from '../../commands/index.ts'
import type { SchemaFor } from '../../inventory/inventory-schema.ts'
import { jsonDocument } from '../../report/write/json.ts'
import { said, term } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import type { SourceFlags } from '../flags/fleet-flags.ts'
import { stderr, stdout } from '../terminal/output.ts'

interface SchemaFlags extends SourceFlags {
  readonly for: SchemaFor
}

export const command: CliCommand<SchemaFlags> = {
  grammar(describing) {
    describing.addOption(
      new Option('--for <what>', 'what it describes: an inventory, or the files in group_vars and host_vars')
        .choices(['inventory', 'vars'])
        .default('inventory'),
    )
  },
  async act({ flags, operands: playbooks }) {
    const { schema, warnings } = await describeInventory({ playbooks, for: flags.for })
    for (const warning of warnings) stderr.write(term`mailrun: warning: ${said(warning)}\n`)
    stdout.write(jsonDocument(schema))
    return 0
  },
}
