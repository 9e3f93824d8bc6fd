// The public module `mailrun`: what playbooks and task modules are made of.
export * as v from './secrets/v.ts'
export {
  playbook,
  type NoVars,
  type Playbook,
  type PlaybookDefinition,
  type PlaybookHost,
  type PlaybookInput,
  type OnceInput,
  type OnceOutputs,
  type RunOnce,
  type TasksInput,
  type FleetProblem,
} from './core/fleet/playbook.ts'
export { defineConfig, type ProjectConfig } from './core/project-config.ts'
export { inventory, type InventoryHost, type TypedInventory } from './core/fleet/typed-inventory.ts'
export { defineTask, type TaskModule } from './core/task/define-task.ts'
export type { CommonArgs, Example, TaskDefinition } from './core/task/task-definition.ts'
export * as args from './core/task/argument.ts'
export { defineProbe, ProbeError, type Family, type Probe } from './core/probe/probe.ts'
export { utf8, type Answer } from './core/probe/answer.ts'
export {
  ask,
  blocked,
  change,
  ok,
  remarked,
  type AwaitedRecord,
  type Plan,
  type Remarks,
  type SettledPlan,
} from './core/task/plan.ts'
export type {
  AskedRecord,
  NameServerVars,
  OutsideAnswer,
  OutsideQuestion,
  AnswerTo,
} from './core/probe/outside-question.ts'
export type { Change, Diff, Reconnect } from './core/task/change.ts'
export { fact, factAbout, type Fact, type FactKind, type FactValues } from './core/task/fact.ts'
export { ANYTHING, type Resource } from './core/task/resource.ts'
export { isKnown, UNKNOWN, type Known } from './core/unknown.ts'
export type { PlanContext, Task } from './core/task/task.ts'
export { withTags } from './core/task/with-tags.ts'
export type { HostFacts } from './core/fleet/host-facts.ts'
export type { FolderEntry, Listing, Source } from './core/fleet/source.ts'
export { MailrunError } from './core/mailrun-error.ts'
export { lines, raw, type Script } from './shell/script.ts'
export { quote } from './shell/quote.ts'
export { Secret } from './shell/secret.ts'
export { sh } from './shell/sh.ts'
export { pathProbe, type PathQuestion, type PathState, type Wanted } from './resources/files/path.ts'
export { packagesProbe, type PackagesState } from './resources/apt/deb-package.ts'
export { unitProbe, type UnitState } from './resources/systemd/unit.ts'
export { commandProbe, type CommandGuards, type CommandState } from './resources/command/command.ts'
export { commandOutput, type CommandOutput, type ReadOutput } from './resources/command/command-output.ts'
export { answerOf, type Answerable, type Answered } from './core/task/answered.ts'
export { joinProbes } from './core/probe/join-probes.ts'
export {
  attributeChanges,
  type Attributes,
  type GivenAttributes,
  type KnownAttributes,
} from './resources/files/attributes.ts'
export { putContent, type PutContent } from './resources/files/put-content.ts'
export { editContent, type EditContent } from './resources/files/edit-content.ts'
export { replaceFile, type Replacement, type ReplaceFile } from './resources/files/replace-file.ts'
export { dnsVar, type DnsVars } from './dns/dns-vars.ts'
export { domain, selector, selectorList, senders } from './mail/fleet/schemas.ts'
export { opendkimSocket } from './signers/opendkim/socket-schema.ts'
export { isSelector, mailDomain } from './mail/names/names.ts'
export { firstSelector, ownSelectorsAmong, type SelectorMember } from './mail/fleet/own-among.ts'
export type { OwnSelectors } from './mail/fleet/own-selectors.ts'
export { signerOf } from './mail/fleet/own-name.ts'
export { rotationVar } from './mail/rotation/settings.ts'
export { milterOf } from './resources/milters/endpoint.ts'
export { dkimRecords } from './signers/keys/dkim-records.ts'
export * from './commands/index.ts'
export type { DnsEvent, Publication } from './dns/push/publication.ts'
export type { HostResult, HostStatus, Reporter, RunEvent, RunResult, TaskResult, TaskStatus } from './core/run-event.ts'
