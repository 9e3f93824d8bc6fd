// The lab's inventory with `dns: false`: keys sign at once, published or not, as a test of the unpublished wants it.
import { readFileSync, writeFileSync } from 'node:fs'

/** Written beside it; gives the path. */
export function inventoryWithoutDns(inventory: string): string {
  const path = inventory.replace(/\.yaml$/, '-without-dns.yaml')
  writeFileSync(path, readFileSync(inventory, 'utf8').replace(/^( +dns: )\{.*$/m, '$1false'))
  return path
}
