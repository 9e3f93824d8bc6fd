// `mailrun schema`: what editors need to know to complete and check an inventory, with no connection made.
import { inventorySchema } from '../inventory/inventory-schema.ts'
import { describeVars } from '../playbook/describe-vars.ts'
import { loadPlaybook } from '../playbook/load-playbook.ts'
import { jsonDocument } from '../report/json-text.ts'
import { publicModules } from '../run/public-modules.ts'
import type { SchemaFlags } from './options.ts'
import { stderr, stdout } from './output.ts'

/** @throws MailrunError for a file that is no playbook */
export async function schemaCommand(paths: readonly string[], flags: SchemaFlags): Promise<number> {
  const playbooks = await Promise.all(paths.map((path) => loadPlaybook(path, publicModules)))
  const { warnings, ...described } = describeVars(playbooks)
  for (const warning of warnings) stderr.write(`mailrun: warning: ${warning}\n`)
  stdout.write(jsonDocument(inventorySchema(flags.for, described)))
  return 0
}
