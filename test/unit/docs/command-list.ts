// Every kind of command that the pages show, by the words that it begins with: the test that runs it, or the reason why
// none does. The longest beginning that fits counts. Those of docs/tutorial.md are typed by the suite `tutorial`.

export interface Known {
  /** Of the file that runs it, below `test`. */
  readonly test?: string
  readonly why?: string
}

const LAB = { why: 'the suites of the lab call what it calls, and `lab` tries it' }
const BY_OTHERS = { why: 'a step of the guide that the page translates: a program of others, that mailrun replaces' }
const DEVELOPERS = { why: 'CI runs it, or what it runs, as a part of npm test' }
const RECIPE = { why: 'works once the recipe of the page has been followed' }

export const COMMANDS_OF_PAGES: Readonly<Record<string, Known>> = {
  // Runs of playbooks.
  'mailrun playbooks/dkim.ts': { test: 'lab/dkim.test.ts' },
  'mailrun playbooks/mail-auth.ts': { test: 'lab/mixed-fleet.test.ts' },
  'mailrun dkim': { test: 'lab/adopt.test.ts' },
  'mailrun mail-auth': { test: 'unit/playbook/shipped.test.ts' },
  'mailrun base.ts': { why: '`commands/several-playbooks` runs others in its place' },
  'mailrun mail-host': { test: 'unit/playbook/shipped.test.ts' },
  // Commands.
  'mailrun init': { test: 'unit/cli/init.test.ts' },
  'mailrun ping': { test: 'lab/cli.test.ts' },
  'mailrun exec': { why: 'the tutorial types one like it; `commands/exec` tests what it does' },
  'mailrun self-test': { test: 'lab/self-test.test.ts' },
  'mailrun inventory': { test: 'unit/inventory/sources.test.ts' },
  'mailrun schema': { test: 'unit/cli/schema.test.ts' },
  'mailrun adopt': { test: 'lab/adopt.test.ts' },
  'mailrun verify': { test: 'lab/verify.test.ts' },
  'mailrun audit': { test: 'lab/audit.test.ts' },
  'mailrun dns plan': { test: 'lab/dns.test.ts' },
  'mailrun dns push': { test: 'lab/dns.test.ts' },
  'mailrun dns verify': { test: 'lab/dns.test.ts' },
  'mailrun rotate': { test: 'lab/rotate.test.ts' },
  'mailrun schedule install': { test: 'unit/cli/schedule.test.ts' },
  'mailrun schedule list': { test: 'unit/cli/schedule.test.ts' },
  'mailrun schedule remove': { test: 'unit/cli/schedule.test.ts' },
  'mailrun encrypt': { test: 'unit/secrets/at-rest.test.ts' },
  'mailrun count': RECIPE,
  'mailrun notes': RECIPE,
  // npm, in a project and in a clone.
  'npm install': { test: 'lab/package.test.ts' },
  'npm pack': { test: 'lab/package.test.ts' },
  'npm ci': DEVELOPERS,
  'npm test': DEVELOPERS,
  'npm run demo': { why: 'takes the lab of the name demo; all that it types, the suites type, too' },
  'npm run format': { why: '`house/format` runs oxfmt' },
  'npm run lint': { why: '`house/lint` runs oxlint' },
  'npm run docs': { why: '`docs/generated` compares what it writes' },
  'npm run build': DEVELOPERS,
  'npm run test:unit': DEVELOPERS,
  'npm run test:lab': DEVELOPERS,
  'npm run new task': { test: 'unit/scripts/new-task.test.ts' },
  'npm run release': { why: '`scripts/release-plan` tests its plan; publishing is for a release alone' },
  'npm run lab up': LAB,
  'npm run lab down': LAB,
  'npm run lab status': LAB,
  'npm run lab ssh': LAB,
  'npm run lab rtt': LAB,
  'npm run lab reset': LAB,
  'node --import': { why: 'makes a host of the lab, to record its answers again' },
  // Programs of others.
  'age-keygen': { test: 'lab/age.test.ts' },
  printf: { why: '`lab/age` opens what age encrypts; the rest is a pipe of the shell' },
  git: DEVELOPERS,
  mv: DEVELOPERS,
  sudo: BY_OTHERS,
}
