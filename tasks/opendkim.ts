// Task `opendkim`: OpenDKIM signs for a host's domains. Its configuration, tables and unit go live together, or not at
// all.
import { checkDomains, checkSelector, isKeyName } from '../src/signers/keys/check-names.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { keyProblem } from '../src/signers/opendkim/keys/key-problem.ts'
import {
  DEFAULT_SOCKET,
  isAsked,
  isElsewhere,
  namesOf,
  problemOfMove,
  opendkimLists,
  socketsNow,
} from '../src/signers/opendkim/activation/lists.ts'
import type { ListsChange } from '../src/signers/opendkim/activation/lists-script.ts'
import { OPENDKIM_SECONDS, opendkimScript } from '../src/signers/opendkim/activation/script.ts'
import { keyTable, named, signersOf, signingLines, signingTable } from '../src/signers/opendkim/activation/tables.ts'
import { dropInFor, type DropIn } from '../src/signers/opendkim/activation/drop-in.ts'
import { GONE, planFiles, type FileOwner } from '../src/signers/opendkim/activation/files.ts'
import { setupWith } from '../src/signers/opendkim/kept/setup-with.ts'
import { keeping, type Keeping } from '../src/signers/opendkim/kept/signing-kept.ts'
import { servedQuestion, signingGate, type Gate } from '../src/signers/opendkim/activation/signing-gate.ts'
import { planUnit } from '../src/resources/systemd/unit-plan.ts'
import type { UnitStart } from '../src/resources/systemd/unit-script.ts'
import { DAEMON, KEY_GROUP, ROOTS_KEY } from '../src/signers/opendkim/keys/key-group.ts'
import { milterOf } from '../src/resources/milters/endpoint.ts'
import { mailDomain } from '../src/mail/names/names.ts'
import { needsRestart, unlike } from '../src/signers/opendkim/files/conf.ts'
import { hardeningText } from '../src/signers/opendkim/files/hardening.ts'
import { flag, listOf, oneOf, record, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact, type Fact, type PathFact } from '../src/core/task/fact.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import type { NameServerVars } from '../src/core/probe/outside-question.ts'
import { ask, blocked, change, remarked, type SettledPlan } from '../src/core/task/plan.ts'
import type { Resource } from '../src/core/task/resource.ts'
import type { Source } from '../src/core/fleet/source.ts'
import type { PlanContext } from '../src/core/task/task.ts'
import type { PathState } from '../src/resources/files/path.ts'
import type { Signing } from '../src/signers/keys/signing.ts'
import { configurationOf, KEY_TABLE, SIGNING_TABLE, type OpendkimSetup } from '../src/signers/opendkim/setup/signing.ts'
import type { UnitState } from '../src/resources/systemd/unit.ts'
import { valuesOf } from '../src/signers/opendkim/configuration/index.ts'
import {
  CONFIGURATION,
  DROP_IN,
  FILES,
  MAIN_CF,
  MASTER_CF,
  opendkimProbe,
  postfixOf,
  TRUSTED_HOSTS,
  unitQuestion,
  withFiles,
  type OpendkimState,
} from '../src/signers/opendkim/setup/opendkim.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface Tables {
  /** In A-labels, lower case. */
  readonly domains: readonly string[]
  /** Of the host's first keys, as `dkimKey` takes it. */
  readonly selector: string
  /** Left out: /etc/dkimkeys. */
  readonly directory?: string
  /**
   * The host's own name, which mail of cron and bounces come from: signed by the key of the nearest of `domains` above
   * it. Left out, or in none of them: not signed.
   */
  readonly hostName?: string
  /** The host's own name, which need not stay signed where `hostName` is left out. */
  readonly unsignedName?: string
  /**
   * By domain, the selector that signs from now on; its key must be there as `DIRECTORY/DOMAIN/SELECTOR.private`, or
   * where `{ selector, path }` says. Left out: the key in use, else the first one. Where it is given, domains that are
   * not signed for yet are left alone.
   */
  readonly active?: Readonly<Record<string, string | { readonly selector: string; readonly path: string }>>
  /**
   * Senders whose mail need not stay signed: `example.net`, `.example.net` (those below it), `user@example.net`, `*`.
   * All else that the host signs stays signed by the key that signs it, or nothing is changed.
   */
  readonly dropSigning?: readonly string[]
  /**
   * How the domains' name servers are found, as the inventory's var `dns` has it: a key that is not in use yet gets no
   * line before every authoritative one serves its record. Left out: nobody is asked. Not beside `active`: whoever
   * switches keys has seen to that.
   */
  readonly dns?: NameServerVars | undefined
  /**
   * How OpenDKIM is restarted where a reload does not do and Postfix asks it: `covered`, by a second instance that
   * signs meanwhile, which is so where it is left out; or `plain`: meanwhile Postfix does with mail what
   * `milter_default_action` says.
   */
  readonly restart?: 'covered' | 'plain'
}

interface Configuration {
  /**
   * The EJS template of opendkim.conf, relative to the playbook. It names `file:/etc/dkimkeys/KeyTable`,
   * `refile:/etc/dkimkeys/SigningTable`, `/etc/dkimkeys/TrustedHosts` and the socket. Left out: the tables alone are
   * written, and opendkim.conf must name them already.
   */
  readonly src: string
  /** All that the template may name. */
  readonly vars: Readonly<Record<string, unknown>>
  /** opendkim.conf(5), Socket: what the template must say, too. */
  readonly socket: string
  /** Addresses, networks and host names whose mail is signed too, besides this host itself. */
  readonly trustedHosts: readonly string[]
  /**
   * Whether its unit is kept by a drop-in from all that OpenDKIM can do without (systemd.exec(5)). Left out: so it is,
   * where it signs that way. `false`: there is no such drop-in.
   */
  readonly hardening?: boolean
}

type NoConfiguration = { readonly [Name in keyof Configuration]?: never }

export type OpendkimArgs = Tables & (Configuration | NoConfiguration)

const EXAMPLE_SOCKET = 'inet:8891@127.0.0.1'
const EXAMPLE_HOST = `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
for d in example.org example.net; do
  mkdir -p /etc/dkimkeys/$d
  for s in mx1 mx1-20270301; do
    k=/etc/dkimkeys/$d/$s.private
    [ -e $k ] || openssl genrsa -out $k 2048 2>/dev/null
  done
done
chown -R opendkim:opendkim /etc/dkimkeys
chmod 0600 /etc/dkimkeys/*/*.private`
const EXAMPLE_CONFIGURATION = `Syslog yes
KeyTable file:/etc/dkimkeys/KeyTable
SigningTable refile:/etc/dkimkeys/SigningTable
Socket ${EXAMPLE_SOCKET}
PidFile /run/opendkim/opendkim.pid
UserID opendkim
UMask 007
`

/**
 * `/etc/opendkim.conf`, `KeyTable`, `SigningTable` and `TrustedHosts`, whole, with the unit running, enabled and proved
 * to sign. A fault that would stop mail or leave it unsigned is found before the service is touched; one that shows
 * only then is undone. What happens in which order: docs/mail/activation.md.
 *
 * @ansible template, copy: content, systemd, handlers
 */
export const opendkim = defineTask<OpendkimArgs, OpendkimState>({
  type: 'opendkim',
  name: () => 'opendkim.conf, tables, unit',
  arguments: {
    domains: required(listOf(text)),
    selector: required(text),
    directory: text,
    hostName: text,
    unsignedName: text,
    active: record,
    dropSigning: listOf(text),
    dns: record,
    restart: oneOf('covered', 'plain'),
    src: text,
    vars: record,
    socket: text,
    trustedHosts: listOf(text),
    hardening: flag,
  },
  check: ({ domains, selector, directory, hostName, active = {}, dns, src, vars, socket, trustedHosts, hardening }) =>
    (domains.length === 0 ? 'domains is empty' : undefined) ??
    (dns !== undefined && Object.keys(active).length > 0
      ? 'dns does not go with active: whoever switches keys has seen to it that they are served'
      : undefined) ??
    checkSelector(selector) ??
    (directory === undefined ? undefined : checkPath('directory', directory)) ??
    (/[\s:]/.test(directory ?? '')
      ? `directory must hold no space and no colon, which OpenDKIM's KeyTable cannot, got ${JSON.stringify(directory)}`
      : undefined) ??
    checkDomains(domains) ??
    Object.entries(active)
      .map(([domain, each]) =>
        !domains.includes(domain)
          ? `active names ${JSON.stringify(domain)}, which is not among domains`
          : isKeyName(each)
            ? undefined
            : `active must give a selector, or { selector, path }, for each domain, got ${JSON.stringify(each)}`,
      )
      .find((wrong) => wrong !== undefined) ??
    ([src, vars, socket, trustedHosts, hardening].every((each) => each === undefined) ||
    [src, vars, socket, trustedHosts].every((each) => each !== undefined)
      ? undefined
      : 'src, vars, socket and trustedHosts go together, and hardening with them') ??
    (hostName === undefined || mailDomain(hostName) === hostName
      ? undefined
      : `hostName must be a host's full name in lower case (A-labels), got ${JSON.stringify(hostName)}`) ??
    (socket === undefined || /^(?:local:\/[\w./-]+|inet:\d+@[\w.:[\]-]+)$/.test(socket)
      ? undefined
      : `socket must be local:/path or inet:PORT@HOST, got ${JSON.stringify(socket)}`) ??
    (trustedHosts ?? [])
      .map((each) =>
        /^[\w.:/-]+$/.test(each)
          ? undefined
          : `trustedHosts must be addresses, networks and host names, got ${JSON.stringify(each)}`,
      )
      .find((wrong) => wrong !== undefined),
  probe: opendkimProbe,
  plan(args, now, context) {
    const { dns } = args
    const chosen = new Set(now.keys.map(({ domain }) => domain))
    const missing = now.keys.find(({ key }) => key.kind === 'absent')
    if (missing !== undefined)
      return blocked(`${missing.path}, which is to sign from now on, is no file: make the key with dkimKey first`)
    const signing = signingLines(now.signing, now.keys)
    const keyless = signing.find(({ key }) => key.kind === 'absent')
    if (keyless !== undefined) return blocked(`there is no key ${keyless.path}: make it with dkimKey first`)
    const problem = signing.map(keyProblem).find((each) => each !== undefined)
    if (problem !== undefined) return blocked(problem)
    // To switch keys is to begin with no other.
    if (dns === undefined)
      return live(args, now, context, signing, {
        open: chosen.size === 0 ? signing : signing.filter(({ domain, inUse }) => inUse || chosen.has(domain)),
        remarks: {},
      })
    return ask(
      signing.map((each) => servedQuestion(each, dns)),
      (answers) => live(args, now, context, signing, signingGate(signing, answers)),
    )
  },
  writes: (args) => [...writesOf(args), `path:${MAIN_CF}`, `path:${MASTER_CF}`],
  owns: (args) => [...filesOf(args).map((path) => `content:${path}` as const), UNIT],
  sources: (args) => (args.src === undefined ? [] : [sourceOf(args)]),
  examples: [
    {
      title: "Two domains, and the host's own name in one of them",
      beside: 'packages',
      args: {
        domains: ['example.org', 'example.net'],
        selector: 'mx1',
        hostName: 'mx1.example.org',
        trustedHosts: ['192.0.2.0/24'],
        socket: EXAMPLE_SOCKET,
        src: 'templates/opendkim.conf.ejs',
        vars: { socket: EXAMPLE_SOCKET },
      },
      given: EXAMPLE_HOST,
      sources: { 'templates/opendkim.conf.ejs': EXAMPLE_CONFIGURATION },
    },
    {
      title: 'Another key signs from now on, by the configuration that is there',
      beside: 'packages',
      args: { domains: ['example.org'], selector: 'mx1', active: { 'example.org': 'mx1-20270301' } },
      given: `${EXAMPLE_HOST}
cat > /etc/opendkim.conf <<'E'
${EXAMPLE_CONFIGURATION}E
echo "mx1._domainkey.example.org example.org:mx1:/etc/dkimkeys/example.org/mx1.private" > /etc/dkimkeys/KeyTable
echo "*@example.org mx1._domainkey.example.org" > /etc/dkimkeys/SigningTable
systemctl restart opendkim`,
    },
  ],
})

/**
 * The files and the unit by which the open ones of these keys sign.
 *
 * @param signing - of all domains, as they would be asked for once they sign.
 */
function live(
  args: OpendkimArgs,
  now: OpendkimState,
  context: PlanContext,
  signing: readonly Signing[],
  gate: Gate,
): SettledPlan<OpendkimState> {
  const before = textOf(now.files[FILES.indexOf(CONFIGURATION)]!.is)
  const configuration = args.src === undefined ? before : Buffer.from(context.source(sourceOf(args))).toString('utf8')
  if (configuration === undefined)
    return blocked('there is no /etc/opendkim.conf that could be read: give src, its template')
  const wrong = contradictionIn(configuration, args) ?? socketProblem(args, now)
  if (wrong !== undefined) return blocked(wrong)
  // By the keys that sign now, whichever are to sign in their place.
  const opened = new Set(gate.open.map(({ domain }) => domain))
  const kept = keeping(args, now.setup, now.signing, ({ domain }) => opened.has(domain))
  if ('why' in kept) return blocked(kept.why)
  const there = now.files[FILES.indexOf(DROP_IN)]!.is.kind === 'file'
  const settings = comingSettings(now.setup, configuration)
  const question = { settings, keys: signing.map(({ path }) => path), there, ...now.activation }
  const activated = (dropIn: DropIn, joins: boolean) =>
    activation(args, now, { before, configuration, signing, gate, kept, dropIn, joins })
  const plan = activated(
    dropInFor({ ...question, wanted: args.src === undefined ? undefined : (args.hardening ?? true) }),
    true,
  )
  if (!('impossible' in plan)) return plan
  // A unit that is as it was is no reason to stop, nor are keys that the daemon reads as they are.
  const asItIs = activated(dropInFor({ ...question, wanted: undefined }), needsGroup(gate.open))
  const { impossible } = plan
  return 'impossible' in asItIs
    ? blocked(
        `OpenDKIM must be restarted, and Postfix cannot ask another meanwhile, for ${impossible}: ` + 'take that out',
      )
    : withWarning(
        asItIs,
        `the hardening of OpenDKIM's unit and its groups stay as they are, for a change needs a restart, ` +
          `and Postfix cannot ask another meanwhile, for ${impossible}: take that out`,
      )
}

interface Activation {
  readonly before: string | undefined
  readonly configuration: string
  readonly signing: readonly Signing[]
  readonly gate: Gate
  readonly kept: Keeping
  readonly dropIn: DropIn
  /** A daemon that is not in the group of the keys joins it. */
  readonly joins: boolean
}

/** Why Postfix's lists cannot follow what is to be done. */
interface Impossible {
  readonly impossible: string
}

function activation(
  args: OpendkimArgs,
  now: OpendkimState,
  { before, configuration, signing, gate: { open, remarks }, kept, dropIn, joins }: Activation,
): SettledPlan<OpendkimState> | Impossible {
  const contents = contentsOf(args, open, kept, configuration, dropIn)
  const inGroup = hasKeyGroup(signing) && (now.activation.joined || joins)
  const files = planFiles(
    contents,
    now.files,
    (path) => (inGroup ? ownerOf(path, now.signing) : ROOTS_FILE),
    now.activation.unfinished,
  )
  if ('why' in files) return blocked(files.why)

  const restarts = whyRestart(now, inGroup, files.staged, before, configuration)
  const reloaded = [...files.changed].filter(([path]) => path !== DROP_IN)
  const lists = listsFor(args, now)
  const unit = pressed(withFiles(unitQuestion(args), now.unit, new Map(reloaded)), restarts, lists)
  let changed: ListsChange | Impossible | undefined
  let started = false
  const plan = planUnit(
    args.src === undefined ? { state: 'running' } : { state: 'running', enabled: true },
    unitQuestion(args),
    unit,
    (verb, because) => {
      changed = listsChange(args, now, lists, verb)
      if (changed !== undefined && 'impossible' in changed) return []
      started = verb !== 'reload'
      const summary = summaryOf(verb, restarts.length > 0 ? restarts : because, changed)
      const apply = opendkimScript({
        ...unitQuestion(args),
        real: now.unit.real,
        verb,
        files: FILES,
        staged: files.staged,
        socket: args.socket,
        former: now.activation.unfinished ? undefined : socketOf(now),
        signs: signersOf(signing, open, args.hostName, kept.carried),
        lists: changed,
        hardened: dropIn,
      })
      return [...files.stage, { summary, apply, timeoutSeconds: OPENDKIM_SECONDS }]
    },
  )
  if (changed !== undefined && 'impossible' in changed) return changed
  if (plan.kind === 'blocked') return plan
  const signs = new Set(open)
  const then: OpendkimState = {
    ...proven({ ...now, setup: setupWith(now.setup, contents, configuration) }, files.then, dropIn, started),
    signing: signing.map((each) => named(each, signs.has(each))),
    unit: plan.kind === 'change' ? plan.then : now.unit,
    pending: changed?.lists.after ?? now.pending,
  }
  const changes = [...files.attributes, ...(plan.kind === 'change' ? plan.changes : [])]
  const { facts, writes } = effectsOf(changed)
  const made = change(changes, then, facts, [...writesOf(args), ...writes])
  return withWarning(withWarning(remarked<OpendkimState>(made, remarks), kept.warning), dropIn.warning)
}

/** What else than its files has the unit restarted, or Postfix's lists changed, which a reload goes before. */
const pressed = (unit: UnitState, restarts: readonly string[], lists: ReturnType<typeof listsFor>): UnitState => {
  if (!unit.active) return unit
  if (restarts.length > 0) return { ...unit, restart: [...unit.restart, CONFIGURATION] }
  return lists !== undefined && 'moves' in lists && lists.moves
    ? { ...unit, reload: [...unit.reload, CONFIGURATION] }
    : unit
}

/** What is done about Postfix's lists with this start. */
function listsChange(
  args: OpendkimArgs,
  now: OpendkimState,
  lists: ReturnType<typeof listsFor>,
  verb: UnitStart['verb'],
): ListsChange | Impossible | undefined {
  if (lists === undefined) return undefined
  const covered = verb === 'restart' && isCovered(args, now)
  if (!('impossible' in lists)) return covered || lists.moves ? { lists, covered } : undefined
  // Who signs nothing yet is missed by nobody, unless it is asked, and would be asked in vain.
  if (now.signing.some(({ inUse }) => inUse)) return covered || leaves(args, now) ? lists : undefined
  return leaves(args, now) && isAskedNow(now) ? lists : undefined
}

/** What becomes of main.cf and master.cf; one that is as it was in the end is so to its time. */
function effectsOf(changed: ListsChange | undefined): {
  readonly facts: readonly Fact[]
  readonly writes: readonly Resource[]
} {
  if (changed === undefined) return { facts: [], writes: [] }
  const { main, master } = changed.lists.after
  const file = { kind: 'file', owner: UNKNOWN, group: UNKNOWN, mode: UNKNOWN, sha256: UNKNOWN, mtime: UNKNOWN } as const
  const facts = [
    ...(main.length > 0 ? [fact('path', MAIN_CF, { ...file, sets: new Map(main) })] : []),
    ...(master.length > 0 ? [fact('path', MASTER_CF, file)] : []),
  ]
  return { facts, writes: [`path:${MAIN_CF}`, ...facts.map(({ resource }) => resource)] }
}

function withWarning<State>(plan: SettledPlan<State>, warning: string | undefined): SettledPlan<State> {
  if (plan.kind === 'blocked' || warning === undefined) return plan
  return { ...plan, warning: [plan.warning, warning].filter((each) => each !== undefined).join('\n') }
}

/** Once an activation came to its end, with these files. */
const proven = (
  now: OpendkimState,
  files: readonly PathState[],
  { hardening, owned }: DropIn,
  started: boolean,
): OpendkimState => ({
  ...now,
  files: now.files.map((each, index) => files[index] ?? each),
  activation: {
    ...now.activation,
    unfinished: false,
    unhardened: owned && hardening !== undefined ? undefined : now.activation.unhardened,
    joined: started ? hasKeyGroup(now.signing) : now.activation.joined,
  },
})

/** What a configuration must say otherwise, in words. */
function contradictionIn(configuration: Untrusted, { src, socket }: OpendkimArgs): string | undefined {
  const wrong = unlike(configuration, {
    ...(socket === undefined ? {} : { Socket: socket }),
    KeyTable: `file:${KEY_TABLE}`,
    SigningTable: `refile:${SIGNING_TABLE}`,
  })
  if (wrong === undefined) return undefined
  return `${src === undefined ? '/etc/opendkim.conf' : 'the template of opendkim.conf'} must say ${wrong}`
}

function contentsOf(
  args: OpendkimArgs,
  open: readonly Signing[],
  { carried, clients }: Keeping,
  configuration: Untrusted,
  { owned, hardening }: DropIn,
): ReadonlyMap<string, string | undefined> {
  const tables = [
    [KEY_TABLE, keyTable(open)],
    [SIGNING_TABLE, signingTable(open, args.hostName, carried)],
  ] as const
  if (args.src === undefined) return new Map(tables)
  const trusted = ['127.0.0.1', '::1', 'localhost', ...args.trustedHosts, ...clients]
    .map((each) => `${each}\n`)
    .join('')
  const dropIn = [DROP_IN, hardening && hardeningText(hardening)] as const
  return new Map([...tables, [TRUSTED_HOSTS, trusted], [CONFIGURATION, configuration], ...(owned ? [dropIn] : [])])
}

/** Whether the daemon's user is in the group that reads root's keys: what runs must be started in it. */
const hasKeyGroup = (signing: readonly Signing[]): boolean => signing.some(({ groups }) => groups.includes(KEY_GROUP))

/**
 * Owner, group and mode of a file once the daemon is in the group of the keys.
 *
 * Tables are for the group of the keys alone where their directory is for the daemon alone; else somebody else may read
 * them.
 */
function ownerOf(path: string, signing: readonly Signing[]): FileOwner {
  const above = signing[0]?.directories.find((each) => path === `${each.path}/${path.split('/').at(-1)}`)
  const [, ofGroup = 0, others = 0] = Array.from(above?.mode.slice(-3) ?? '', Number)
  const isShared = others % 2 === 1 || (ofGroup % 2 === 1 && above?.group !== KEY_GROUP)
  return above === undefined || isShared ? ROOTS_FILE : ROOTS_KEY
}

const ROOTS_FILE: FileOwner = { owner: 'root', group: 'root', mode: '0644' }

/** Whether the daemon can read one of these keys by the group alone. */
const needsGroup = (open: readonly Signing[]): boolean =>
  open.some(({ key }) => key.kind === 'key' && key.owner !== DAEMON && key.group === KEY_GROUP)

/** Why a reload does not do; none where it may. */
function whyRestart(
  { activation, files, setup }: OpendkimState,
  joins: boolean,
  staged: ReadonlyMap<string, string>,
  before: Untrusted | undefined,
  configuration: Untrusted,
): readonly string[] {
  if (activation.unfinished) return ['a run that did not come to its end is undone']
  const joining = joins && !activation.joined ? [`it joins the group ${KEY_GROUP}`] : []
  const hardened = staged.has(DROP_IN) ? [wordsOn(staged.get(DROP_IN), files[FILES.indexOf(DROP_IN)]!)] : []
  if (!staged.has(CONFIGURATION)) return [...joining, ...hardened]
  const former = configurationOf(setup)
  const settings =
    before === undefined || former === undefined
      ? ['what its former configuration may say']
      : needsRestart(valuesOf(former), comingSettings(setup, configuration))
  return [...joining, ...settings.map((name) => `${name} is read at a start only`), ...hardened]
}

/** The settings that are to count, by name in lower case. */
const comingSettings = (setup: OpendkimSetup, configuration: Untrusted): ReadonlyMap<string, string> =>
  valuesOf(configurationOf(setupWith(setup, new Map(), configuration))!)

function wordsOn(staged: string | undefined, { is }: PathState): string {
  if (staged === GONE) return 'its unit is no longer hardened'
  return is.kind === 'file' ? 'its unit is hardened differently' : 'its unit is hardened'
}

/** By `-p` or opendkim.conf(5). */
const socketOf = ({ setup }: OpendkimState): string | undefined => configurationOf(setup)?.socket

/** Why it cannot, or must not, listen where it is to. */
function socketProblem({ socket }: OpendkimArgs, { setup, services }: OpendkimState): string | undefined {
  const configuration = configurationOf(setup)
  return socket === undefined || configuration === undefined
    ? undefined
    : problemOfMove(configuration, socket, services.host)
}

/** Whether it will listen elsewhere. */
const leaves = ({ socket }: OpendkimArgs, state: OpendkimState): boolean =>
  socket !== undefined && isElsewhere(socketOf(state) ?? DEFAULT_SOCKET, socket, state.services.host)

/** Whether Postfix asks it where it listens. */
function isAskedNow(state: OpendkimState): boolean {
  const postfix = postfixOf(state)
  return postfix !== undefined && isAsked(socketOf(state) ?? DEFAULT_SOCKET, postfix)
}

/** Which lists of Postfix name it; `undefined` where none does. */
function listsFor({ socket }: OpendkimArgs, state: OpendkimState): ReturnType<typeof opendkimLists> {
  const postfix = postfixOf(state)
  const now = socketsNow(state.setup)
  const wanted = socket ?? now.at(-1)!
  return postfix === undefined ? undefined : opendkimLists({ now, wanted }, milterOf(wanted), postfix)
}

/** Whether a second instance is to sign during a restart. */
function isCovered(args: OpendkimArgs, state: OpendkimState): boolean {
  const { unit, activation } = state
  // Where its socket is gone nobody can ask it anyway.
  const isAsked = unit.missing.length === 0 || activation.unfinished || leaves(args, state)
  return unit.active && isAsked && args.restart !== 'plain'
}

function summaryOf(verb: UnitStart['verb'], why: readonly string[], lists: ListsChange | undefined): string {
  const start = verb === 'anew' ? 'start' : verb
  const because = verb === 'restart' ? `: ${why.join(', ')}` : ''
  const cover = lists?.covered === true ? '; a second instance signs meanwhile' : ''
  const moves = lists?.lists.moves === true ? `; Postfix asks it there (${namesOf(lists.lists.after)})` : ''
  return start + because + cover + moves
}

const UNIT = 'unit:opendkim.service'
const filesOf = ({ src }: OpendkimArgs): readonly string[] => (src === undefined ? [KEY_TABLE, SIGNING_TABLE] : FILES)
const writesOf = (args: OpendkimArgs): readonly Resource[] => [
  ...filesOf(args).map((path) => `path:${path}` as const),
  UNIT,
]
const sourceOf = ({ src, vars }: Configuration): Source => ({ kind: 'template', path: src, vars })

const textOf = (is: PathFact): string | undefined =>
  is.kind === 'file' && is.content !== undefined ? Buffer.from(is.content).toString('utf8') : undefined
