// The commands as functions for programs. Every playbook imports this file, so each function loads its code when it is
// called. If something fails on a host, the error is in the result; if a command cannot start, the function throws.
import type { Adopted, AdoptRequest } from './adopt/adopt.ts'
import type { AuditRequest, AuditResult } from './audit/audit.ts'
import type { DescribeRequest, InventoryDescription } from './describe-inventory.ts'
import type { DnsPushRequest, DnsPushResult } from './dns/dns-push.ts'
import type { DnsVerifyRequest, DnsVerifyResult } from './dns/dns-verify.ts'
import type { DnsPlanned, DnsRequest } from './dns/planned.ts'
import type { EncryptRequest } from './encrypt-value.ts'
import type { InitRequest, Initialized } from './init/init-project.ts'
import type { ExecRequest } from './exec/exec.ts'
import type { FactsResult } from './facts/facts.ts'
import type { FleetRequest } from './fleet/open-fleet.ts'
import type { PingRequest } from './ping.ts'
import type { ReadInventoryRequest } from './read-inventory.ts'
import type { Rotation, RotateRequest } from './rotate/rotate.ts'
import type { Outcome } from './run/carry-out.ts'
import type { ListRequest } from './run/list.ts'
import type { RunRequest } from './run/prepare-run.ts'
import type { SelfTested, SelfTestRequest } from './self-test.ts'
import type { Verification, VerifyRequest } from './verify/verify.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import type { RunResult } from '../core/run-event.ts'
import type { Execution } from '../resources/command/execution.ts'
import type { ListedHosts, ListedTasks } from '../report/list/listing.ts'

/**
 * Runs a playbook on its fleet: `mailrun <playbook.ts>`.
 *
 * @throws MailrunError before any host is touched: playbook, inventory or vars are wrong.
 * @example
 * const { hosts } = await run({ playbook: 'playbooks/dkim.ts', inventory: 'inventory.yaml', check: true })
 * for (const { name, status } of hosts) console.log(name, status)
 */
export const run = async (request: RunRequest): Promise<Outcome> => (await import('./run/carry-out.ts')).run(request)

/**
 * The hosts that a run of a playbook would work on: `mailrun <playbook.ts> --list-hosts`. No host is touched.
 *
 * @throws MailrunError: playbook, inventory or vars are wrong
 * @example
 * const { hosts } = await listHosts({ playbook: 'playbooks/dkim.ts', inventory: 'inventory.yaml' })
 */
export const listHosts = async (request: ListRequest): Promise<ListedHosts> =>
  (await import('./run/list.ts')).listHosts(request)

/**
 * Each host's tasks in a run of a playbook: `mailrun <playbook.ts> --list-tasks`. No host is touched.
 *
 * @throws MailrunError: playbook, inventory or vars are wrong
 * @example
 * const { hosts } = await listTasks({ playbook: 'playbooks/dkim.ts', inventory: 'inventory.yaml', tags: ['keys'] })
 * for (const { name, tasks } of hosts) console.log(name, tasks.length)
 */
export const listTasks = async (request: ListRequest): Promise<ListedTasks> =>
  (await import('./run/list.ts')).listTasks(request)

/**
 * Connects to each host, becomes its `become` user, and asks which host it is: `mailrun ping`. Nothing is changed.
 *
 * @returns the result of a run without tasks, with the one output `facts`
 * @throws MailrunError before any host is touched
 * @example
 * const { hosts } = await ping({ inventory: 'inventory.yaml', limit: 'mx1' })
 */
export const ping = async (request: PingRequest): Promise<RunResult> => (await import('./ping.ts')).ping(request)

/**
 * Runs one command once on each host: `mailrun exec`. It takes no lock, and there is no check.
 *
 * @throws MailrunError before any host is touched
 * @example
 * const { hosts } = await exec({ inventory: 'inventory.yaml', limit: 'mail', command: 'postqueue -p | tail -1' })
 * for (const { name, ran } of hosts) console.log(name, ran?.code, ran?.stdout.text)
 */
export const exec = async (request: ExecRequest): Promise<Execution> => (await import('./exec/exec.ts')).exec(request)

/**
 * Asks each host for facts, in one trip: release, kernel, memory, disks, addresses, versions: `mailrun facts`. Nothing
 * is changed.
 *
 * @throws MailrunError before any host is touched
 * @example
 * const { hosts } = await facts({ inventory: 'inventory.yaml' })
 * const old = hosts.filter(({ facts: reported }) => reported?.release === 'bullseye')
 */
export const facts = async (request: FleetRequest): Promise<FactsResult> =>
  (await import('./facts/facts.ts')).facts(request)

/**
 * Tries every example of the task modules on each host, in a scratch copy of its files that is gone afterwards, and
 * says which laws of tasks hold: `mailrun self-test`.
 *
 * @throws MailrunError before any host is touched
 * @example
 * const { hosts } = await selfTest({ inventory: 'inventory.yaml', limit: 'ubuntu' })
 * const broken = hosts.flatMap(({ examples }) => examples.filter(({ status }) => status === 'broken'))
 */
export const selfTest = async (request: SelfTestRequest): Promise<SelfTested> =>
  (await import('./self-test.ts')).selfTest(request)

/**
 * Asks hosts and name servers, and judges what they say: `mailrun audit`. Nothing is changed.
 *
 * @returns the report that docs/audit.schema.json describes
 * @throws MailrunError before any host is touched
 * @example
 * const { report } = await audit({ inventory: 'inventory.yaml', baseline: 'baseline.yaml' })
 * const open = report.findings.filter(({ accepted }) => accepted === undefined)
 */
export const audit = async (request: AuditRequest): Promise<AuditResult> =>
  (await import('./audit/audit.ts')).audit(request)

/**
 * Asks each host's milters to sign a message, and proves the signature, SPF, DMARC and names with DNS: `mailrun
 * verify`. Nothing is changed; mail is sent only with `deliver`.
 *
 * @throws MailrunError before any host is touched; with `deliver`, before a message is sent
 * @example
 * const { hosts } = await verify({ inventory: 'inventory.yaml' })
 * const unproved = hosts.filter(({ status }) => status !== 'pass')
 */
export const verify = async (request: VerifyRequest): Promise<Verification> =>
  (await import('./verify/verify.ts')).verify(request)

/**
 * Compares the records that the fleet's mail needs with the answers of every authoritative name server: `mailrun dns
 * plan`. Nothing is changed.
 *
 * @throws MailrunError
 * @example
 * const { plan } = await dnsPlan({ inventory: 'inventory.yaml' })
 * const changes = plan.records.filter(({ kind }) => kind === 'change')
 */
export const dnsPlan = async (request: DnsRequest): Promise<DnsPlanned> =>
  (await import('./dns/planned.ts')).dnsPlan(request)

/**
 * Makes the changes of the plan, then asks every name server until it serves them: `mailrun dns push`.
 *
 * @throws MailrunError before anything is changed
 * @example
 * const { pushed, notServed } = await dnsPush({ inventory: 'inventory.yaml', agree: (changes) => changes < 10 })
 */
export const dnsPush = async (request: DnsPushRequest): Promise<DnsPushResult> =>
  (await import('./dns/dns-push.ts')).dnsPush(request)

/**
 * Asks every authoritative name server whether it serves the records: `mailrun dns verify`. Nothing is changed.
 *
 * @throws MailrunError
 * @example
 * const { notServed } = await dnsVerify({ inventory: 'inventory.yaml', waitSeconds: 30 })
 */
export const dnsVerify = async (request: DnsVerifyRequest): Promise<DnsVerifyResult> =>
  (await import('./dns/dns-verify.ts')).dnsVerify(request)

/**
 * Does all steps of a rotation of DKIM keys that are possible now: `mailrun rotate`. Call it again to continue.
 *
 * @throws MailrunError before any host is touched
 * @example
 * const { rotations } = await rotate({ inventory: 'inventory.yaml', check: true })
 * for (const { host, domain, keys } of rotations) console.log(host, domain, keys)
 */
export const rotate = async (request: RotateRequest): Promise<Rotation> =>
  (await import('./rotate/rotate.ts')).rotate(request)

/**
 * Asks hosts that already sign mail how they are set up, makes the inventory with which a run changes as little as
 * possible, and checks what such a run would change: `mailrun adopt`. Nothing is changed on any host.
 *
 * @throws MailrunError before any host is touched
 * @example
 * const { inventory, checked } = await adopt({ hosts: ['root@mx1.example.org'] })
 */
export const adopt = async (request: AdoptRequest): Promise<Adopted> =>
  (await import('./adopt/adopt.ts')).adopt(request)

/**
 * Reads the hosts, groups and vars of inventories: `mailrun inventory`. No host is touched.
 *
 * @throws MailrunError with file:line
 * @example
 * const { hosts } = await readInventory({ inventory: ['inventory.yaml', 'more.yaml'], limit: 'mail' })
 */
export const readInventory = async (request: ReadInventoryRequest): Promise<Inventory> =>
  (await import('./read-inventory.ts')).readInventory(request)

/**
 * A JSON Schema of inventories and of these playbooks' vars: `mailrun schema`. No host is touched.
 *
 * @throws MailrunError for a file that is no playbook
 * @example
 * const { schema } = await describeInventory({ playbooks: ['playbooks/dkim.ts'] })
 */
export const describeInventory = async (request: DescribeRequest): Promise<InventoryDescription> =>
  (await import('./describe-inventory.ts')).describeInventory(request)

/**
 * Encrypts a secret value with age, in the form that an inventory needs: `mailrun encrypt`.
 *
 * @throws MailrunError for an empty value, a missing recipient, or an invalid one
 * @example
 * const yaml = await encryptValue({ value: 'hunter2', recipients: ['age1…'] })
 */
export const encryptValue = async (request: EncryptRequest): Promise<string> =>
  (await import('./encrypt-value.ts')).encryptValue(request)

/**
 * Writes the first files of a project, and says what to do next: `mailrun init`. Existing files stay as they are.
 *
 * @throws MailrunError for an invalid host or domain
 * @example
 * const { next } = await initProject({ folder: 'fleet', hosts: ['mx1.example.org'], domains: ['example.org'] })
 */
export const initProject = async (request: InitRequest): Promise<Initialized> =>
  (await import('./init/init-project.ts')).initProject(request)

export type { AdoptEvent, Adopted, AdoptRequest } from './adopt/adopt.ts'
export type { AuditRequest, AuditResult } from './audit/audit.ts'
export type { DescribeRequest, InventoryDescription } from './describe-inventory.ts'
export type { DnsPushEvent, DnsPushRequest, DnsPushResult } from './dns/dns-push.ts'
export type { DnsVerifyRequest, DnsVerifyResult } from './dns/dns-verify.ts'
export type { DnsPlanned, DnsProgress, DnsRequest } from './dns/planned.ts'
export type { EncryptRequest } from './encrypt-value.ts'
export type { ExecRequest } from './exec/exec.ts'
export type { FactsResult } from './facts/facts.ts'
export type { FleetRequest, InventoryRequest } from './fleet/open-fleet.ts'
export type { Initialized, InitRequest } from './init/init-project.ts'
export type { NextCommand } from './init/next-commands.ts'
export type { PingRequest } from './ping.ts'
export type { ReadInventoryRequest } from './read-inventory.ts'
export type { RotateEvent, RotateRequest, Rotation } from './rotate/rotate.ts'
export type { Outcome } from './run/carry-out.ts'
export type { ListRequest } from './run/list.ts'
export type { HostTasks, ListedHosts, ListedTasks } from '../report/list/listing.ts'
export type { RunRequest } from './run/prepare-run.ts'
export type { DeliveryEvent, DeliveryRequest, SendingHost } from './verify/deliver-messages.ts'
export type { SelfTested, SelfTestRequest } from './self-test.ts'
export type { HostSelfTest } from '../testing/self-test/result.ts'
export type { Verification, VerifyRequest } from './verify/verify.ts'
export type { FactsOfHost, KnownFacts } from '../playbook/gathered-facts.ts'
export type { Disk, FactName, GatheredFacts, Memory, Route } from '../core/gathered-facts.ts'
export type { ExecutedHost, Execution } from '../resources/command/execution.ts'
export type { Executed, Printed } from '../resources/command/executed.ts'
