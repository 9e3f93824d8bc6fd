// A folder of a test's own, with an inventory whose hosts are all this machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { suite } from '../../suite.ts'

export interface LocalFleet {
  readonly folder: string
  /** The file of the inventory, in the folder. */
  readonly inventory: string
}

/**
 * It is removed after the tests.
 *
 * @param yaml - of the inventory
 */
export function localFleet(test: ReturnType<typeof suite>, yaml: string): LocalFleet {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-local-'))
  test.after(() => rmSync(folder, { recursive: true }))
  // Runs of others on this machine have a lock and a record of their own.
  process.env['MAILRUN_RUN_DIR'] = join(folder, 'run')
  const inventory = join(folder, 'inventory.yaml')
  writeFileSync(inventory, yaml)
  return { folder, inventory }
}
