// `mailrun schema`: what editors need to know to complete and check an inventory, with no connection made.
import * as v from 'valibot'
import { inventorySchema } from '../../inventory/inventory-schema.ts'
import type { Playbook } from '../../model/playbook.ts'
import { declaredNames } from '../../playbook/declared-names.ts'
import { describeVars, type Taker } from '../../playbook/describe-vars.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { jsonDocument } from '../../report/write/json.ts'
import { said, term } from '../../report/write/terminal.ts'
import { fleetVars } from '../../commands/mail-fleet/fleet-vars.ts'
import { publicModules } from '../../commands/fleet/public-modules.ts'
import type { SchemaFlags } from '../flags/fleet-flags.ts'
import { stderr, stdout } from '../terminal/output.ts'

/** @throws MailrunError for a file that is no playbook */
export async function schemaCommand(paths: readonly string[], flags: SchemaFlags): Promise<number> {
  const playbooks = await Promise.all(paths.map((path) => loadPlaybook(path, publicModules)))
  const { warnings, ...described } = describeVars([...playbooks, ...ofCommands(playbooks)])
  for (const warning of warnings) stderr.write(term`mailrun: warning: ${said(warning)}\n`)
  stdout.write(jsonDocument(inventorySchema(flags.for, described)))
  return 0
}

/**
 * An inventory of mail hosts is also what `mailrun dns` and `mailrun verify` read. What a playbook declares itself is
 * as it says; in an inventory of others these names may mean anything.
 */
function ofCommands(playbooks: readonly Playbook[]): readonly Taker[] {
  const declared = playbooks.flatMap(({ vars }) => declaredNames(vars))
  if (!declared.includes('domains')) return []
  const vars = v.object(Object.fromEntries(Object.entries(fleetVars).filter(([name]) => !declared.includes(name))))
  return [{ name: 'mailrun dns and mailrun verify', vars, command: true }]
}
