// Removes a lab: hosts, links, files, inventory. The images stay in the cache.
import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atMost } from './at-most.ts'
import { requireLabMachine } from './controller.ts'
import type { Lab } from './lab.ts'
import { lockPath, withLock } from './lock.ts'
import { powerOff } from './hosts/machine.ts'
import { removeTree } from './hosts/mounts.ts'
import { removeNetwork } from './network/network.ts'
import { endProcesses, processesBelow } from './hosts/processes.ts'
import { AT_ONCE } from './up.ts'

/** Needs no state file: whatever of the lab is left, in whatever condition, goes. */
export async function down(lab: Lab): Promise<void> {
  requireLabMachine()
  await withLock(lockPath(lab), async () => {
    const names = listOf(join(lab.stateDir, 'hosts'))
    await atMost(AT_ONCE, names, (name) => powerOff(lab, { name }))
    await endProcesses(() => processesBelow(lab.runDir))
    await removeNetwork(lab)
    await removeTree(lab.runDir)
    await removeTree(lab.stateDir)
    await rm(lab.inventoryPath, { force: true })
  })
}

function listOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
