// Task `keepSigned`: checks that mail which the host signs now stays signed after the playbook, and refuses the host if
// not. It changes nothing.
import { checkDomains, checkSelector, dnsArgument } from '../src/signers/keys/check-names.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { keyProblem } from '../src/signers/opendkim/keys/key-problem.ts'
import { otherTables } from '../src/signers/opendkim/kept/setup-problem.ts'
import { keeping } from '../src/signers/opendkim/kept/signing-kept.ts'
import { CLIENT, type KeepArgs } from '../src/signers/keep-args.ts'
import { spentSelector } from '../src/signers/keys/spent-selector.ts'
import { KEY_DIRECTORY, KEY_GROUP, ROOTS_DIRECTORY } from '../src/signers/opendkim/keys/key-group.ts'
import { isSenderPattern, senderPattern } from '../src/mail/names/sender-pattern.ts'
import { flag, listOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { NameServerVars } from '../src/core/probe/outside-question.ts'
import { blocked, ok, remarked } from '../src/core/task/plan.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import type { Signing } from '../src/signers/keys/signing.ts'
import { opendkimSetup, signingProbe, type OpendkimSetup } from '../src/signers/opendkim/setup/signing.ts'

export interface KeepSignedArgs extends KeepArgs {
  /** Of the host's first keys, as `dkimKey` takes it. */
  readonly selector: string
  /** Left out: /etc/dkimkeys. */
  readonly directory?: string
  /** As `opendkim` takes it: unless it is `false`, keys that are not in use wait until name servers serve them. */
  readonly dns?: NameServerVars | false | undefined
  /** Keys are to be switched, by the configuration that is there: OpenDKIM must read mailrun's tables already. */
  readonly switching?: boolean
}

export interface KeepSignedState {
  readonly signing: readonly Signing[]
  readonly setup: OpendkimSetup
}

/**
 * Goes before all that changes anything about OpenDKIM. It compares what the host signs, by whatever configuration,
 * with what the task `opendkim` would have it sign. Mail that would leave unsigned, or signed by another key, ends the
 * run here, unless `domains` or `dropSigning` says so; so does what cannot be read, and a key that cannot be used.
 */
export const keepSigned = defineTask<KeepSignedArgs, KeepSignedState>({
  type: 'keepSigned',
  name: () => 'what is signed',
  arguments: {
    domains: required(listOf(text)),
    selector: required(text),
    directory: text,
    hostName: text,
    unsignedName: text,
    dropSigning: listOf(text),
    trustedHosts: listOf(text),
    dns: dnsArgument,
    switching: flag,
  },
  check: ({ domains, selector, directory, dropSigning = [] }) =>
    checkDomains(domains) ??
    checkSelector(selector) ??
    (directory === undefined ? undefined : checkPath('directory', directory)) ??
    dropSigning.map((each) => wrongDrop(each, domains)).find((wrong) => wrong !== undefined),
  probe: ({ domains, selector, directory = KEY_DIRECTORY }) =>
    joinProbes<readonly Signing[], OpendkimSetup, KeepSignedState>(
      signingProbe({ domains, selector, directory }),
      [opendkimSetup],
      (signing, [setup]) => ({ signing, setup: setup! }),
      ({ signing, setup }) => [signing, [setup]],
    ),
  plan(args, { signing, setup }) {
    const { dns, switching = false, directory = KEY_DIRECTORY } = args
    const kept = keeping(args, setup, signing, () => dns === false || switching)
    if ('why' in kept) return blocked(kept.why)
    const problem = switching ? otherTables(setup) : signing.map((each) => unfit(each, directory)).find(isSaid)
    if (problem !== undefined) return blocked(problem)
    if (kept.idle.length === 0) return ok
    const idle = `of drop_signing, nothing that is signed is meant by ${kept.idle.join(', ')}`
    return remarked(ok, setup.ours ? { note: idle } : { warning: idle })
  },
  writes: () => [],
  examples: [
    {
      title: 'A host that others set up, whose mailing lists are signed by another tool from now on',
      beside: 'packages',
      args: { domains: ['example.org'], selector: 'mx1', dropSigning: ['lists.example.org'] },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1`,
    },
  ],
})

const isSaid = (text: string | undefined): text is string => text !== undefined

function wrongDrop(entry: string, domains: readonly string[]): string | undefined {
  if (entry.startsWith(CLIENT)) return undefined
  if (!isSenderPattern(entry))
    return `dropSigning must be domains and patterns of senders, got ${JSON.stringify(entry)}`
  const { local, host } = senderPattern(entry)
  return local === '*' && host.kind === 'name' && domains.includes(host.name)
    ? `dropSigning names ${host.name}, which is among domains`
    : undefined
}

/** What `dkimKey` and `opendkim` would refuse, once the tasks before them have set the directories of keys right. */
function unfit(signing: Signing, directory: string): string | undefined {
  const { key, directories, groups } = signing
  const isOurs = (path: string): boolean => path === directory || path.startsWith(`${directory}/`)
  const mended = {
    ...signing,
    groups: [...groups, KEY_GROUP],
    directories: directories.map((each) => (isOurs(each.path) ? { path: each.path, ...ROOTS_DIRECTORY } : each)),
  }
  return (key.kind === 'absent' ? undefined : keyProblem(mended)) ?? spentSelector(signing)
}
