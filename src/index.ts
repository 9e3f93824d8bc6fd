// `mailrun`: what playbooks and task modules are made of.
export * as v from './secrets/v.ts'
export {
  playbook,
  type Playbook,
  type PlaybookDefinition,
  type PlaybookHost,
  type PlaybookInput,
  type FleetProblem,
} from './model/playbook.ts'
export { inventory, type InventoryHost, type TypedInventory } from './model/typed-inventory.ts'
export { defineTask, type CommonArgs, type Example, type TaskDefinition, type TaskModule } from './model/define-task.ts'
export * as args from './model/argument.ts'
export { defineProbe, ProbeError, type Family, type Probe } from './model/probe.ts'
export { utf8, type Answer } from './model/answer.ts'
export { ask, blocked, change, ok, remarked, type Plan, type Remarks, type SettledPlan } from './model/plan.ts'
export type { AskedRecord, NameServerVars, OutsideAnswer, OutsideQuestion, Told } from './model/outside-question.ts'
export type { Change, Diff } from './model/change.ts'
export { fact, factAbout, type Fact, type FactKind, type FactValues } from './model/fact.ts'
export { ANYTHING, type Resource } from './model/resource.ts'
export { isKnown, UNKNOWN, type Known } from './model/unknown.ts'
export type { PlanContext, Task } from './model/task.ts'
export type { HostFacts } from './model/host-facts.ts'
export type { Source } from './model/source.ts'
export { MailrunError } from './model/mailrun-error.ts'
export { lines, raw, type Script } from './shell/script.ts'
export { quote } from './shell/quote.ts'
export { Secret } from './shell/secret.ts'
export { sh } from './shell/sh.ts'
export { pathProbe, type PathQuestion, type PathState, type Wanted } from './probes/path.ts'
export { packagesProbe, type PackagesState } from './probes/deb-package.ts'
export { unitProbe, type UnitState } from './probes/unit.ts'
export { commandProbe, type CommandGuards, type CommandState } from './probes/command.ts'
export { joinProbes } from './probes/join.ts'
export { attributeChanges, type Attributes, type GivenAttributes, type KnownAttributes } from './changes/attributes.ts'
export { putContent, type PutContent } from './changes/put-content.ts'
export { editContent, type EditContent } from './changes/edit-content.ts'
export { replaceFile, type Replacement, type ReplaceFile } from './changes/replace-file.ts'
export { dnsVar, type DnsVars } from './dns/dns-vars.ts'
export { domain, opendkimSocket, selector, selectorList, senders } from './mail/schemas.ts'
export { isSelector, mailDomain } from './mail/names.ts'
export { firstSelector, ownSelectorsAmong, type SelectorMember } from './mail/own-among.ts'
export type { OwnSelectors } from './mail/own-selectors.ts'
export { signerOf } from './mail/own-name.ts'
export { rotationVar } from './mail/rotation/settings.ts'
export { milterOf } from './postfix/endpoint.ts'
export { dkimRecords } from './probes/signing.ts'
export * from './commands/index.ts'
export type { DnsEvent, Publication } from './dns/push/publication.ts'
export type {
  HostResult,
  HostStatus,
  Reporter,
  RunEvent,
  RunResult,
  TaskResult,
  TaskStatus,
} from './model/run-event.ts'
