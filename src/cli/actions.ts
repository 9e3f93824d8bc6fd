// What the command line can ask for.
import type { AdoptFlags } from './flags/adopt-flags.ts'
import type { AuditFlags } from './flags/audit-flags.ts'
import type { DnsAction, DnsFlags } from './flags/dns-flags.ts'
import type {
  EncryptFlags,
  FleetFlags,
  InventoryFlags,
  RunFlags,
  SchemaFlags,
  VerifyFlags,
} from './flags/fleet-flags.ts'
import type { RotateFlags } from './flags/rotate-flags.ts'

export interface Actions {
  run(playbook: string | undefined, flags: RunFlags): Promise<void>
  adopt(hosts: readonly string[], flags: AdoptFlags): Promise<void>
  ping(flags: FleetFlags): Promise<void>
  inventory(flags: InventoryFlags): Promise<void>
  encrypt(flags: EncryptFlags): Promise<void>
  schema(playbooks: readonly string[], flags: SchemaFlags): Promise<void>
  verify(flags: VerifyFlags): Promise<void>
  audit(flags: AuditFlags): Promise<void>
  dns(action: DnsAction, flags: DnsFlags): Promise<void>
  rotate(flags: RotateFlags): Promise<void>
}
