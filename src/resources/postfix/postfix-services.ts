// Asks for master.cf, the other instances of Postfix, and the names and addresses of the host. With main.cf, this shows
// who asks which milter.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { factAbout, type Fact } from '../../core/task/fact.ts'
import type { PostfixAnswer } from '../../mail/mail-setup.ts'
import { defineProbe, type Probe } from '../../core/probe/probe.ts'
import { masterServices } from './settings/master-cf.ts'
import { listItems } from '../milters/milter-list.ts'
import type { HostNames, PostfixInstance, PostfixSources } from './settings/sources.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { knownValues, MAIN_CF, pairsOf, type PostfixParameters } from './postfix-parameters.ts'
import { ABSENT, MASTER_CF, MOST_INSTANCES, POSTFIX_SERVICES } from './postfix-services-script.ts'
import { whole } from '../../core/probe/whole.ts'

export { MASTER_CF } from './postfix-services-script.ts'

interface InstanceAnswer {
  readonly directory: string
  /** The output of `postconf -n`; empty if it fails. `undefined`: there is no main.cf, so no service uses it. */
  readonly main: ReadonlyMap<string, string> | undefined
  readonly master: string
}

export interface PostfixServices {
  /** The text of master.cf without comment lines; `undefined`: there is no master.cf. */
  readonly master: Untrusted | undefined
  readonly host: HostNames
  /** The instances that main.cf names. */
  readonly instances: readonly InstanceAnswer[]
}

/** Only other instances need a process. */
export const postfixServices: Probe<PostfixServices> = defineProbe<PostfixServices>({
  key: 'postfix services',
  reads: [`path:${MASTER_CF}`, 'package:postfix'],
  script: POSTFIX_SERVICES,
  parse,
  foresee,
})

function parse(answer: Answer): PostfixServices {
  const reported = utf8(whole(answer, "Postfix's master.cf cannot be asked for")).split('\0')
  const [master = '', hostName = '', hosts = '', addresses = '', ...rest] = reported
  const instances: InstanceAnswer[] = []
  for (let at = 0; at + 1 < rest.length; at += rest[at + 1] === ABSENT ? 2 : 3) {
    const [directory = '', main = '', own = ''] = rest.slice(at, at + 3)
    const isThere = main !== ABSENT
    instances.push({ directory, main: isThere ? new Map(pairsOf(main)) : undefined, master: isThere ? own : '' })
  }
  return {
    master: master.startsWith('there\n') ? master.slice('there\n'.length) : undefined,
    host: {
      own: [hostName.trim()].filter((each) => each !== ''),
      hosts: hostsIn(hosts),
      addresses: addressesIn(addresses),
    },
    instances,
  }
}

/** hosts(5): the addresses of each name. */
function hostsIn(text: Untrusted): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    for (const name of names) {
      const known = hosts.get(name.toLowerCase())
      if (known === undefined) hosts.set(name.toLowerCase(), [address!])
      else known.push(address!)
    }
  }
  return hosts
}

/** `192.0.2.1`, or `6 20010db8…` with 32 hexadecimal digits. */
const addressesIn = (text: Untrusted): ReadonlySet<string> =>
  new Set(
    text.split('\n').flatMap((line) => {
      if (!line.startsWith('6 ')) return line === '' ? [] : [line]
      return /^6 [0-9a-f]{32}$/.test(line) ? [line.slice(2).match(/.{4}/g)!.join(':')] : []
    }),
  )

/** The services in Debian's master.cf that can ask milters. */
const FRESH = `smtp inet n - y - - smtpd
pickup unix n - y 60 1 pickup
cleanup unix n - y - 0 cleanup
`

function foresee(state: PostfixServices, known: Fact): PostfixServices | undefined {
  if (factAbout(known, 'package', 'postfix')?.value.kind === 'installed')
    return state.master === undefined ? { ...state, master: FRESH } : state
  const main = factAbout(known, 'path', MASTER_CF)
  if (main === undefined) return state
  if (main.value.kind === 'absent') return { ...state, master: undefined }
  // A package that will be installed brings Debian's file.
  const isFresh = state.master === undefined || state.master === FRESH
  return isFresh && main.value.kind === 'file' ? { ...state, master: FRESH } : undefined
}

/** The configuration that decides who asks which milter, from a host's answers. */
export function postfixSources(
  parameters: PostfixParameters,
  { master, host, instances }: PostfixServices,
): PostfixSources {
  const main = knownValues(parameters)
  const own = instanceOf({ directory: MAIN_CF.replace(/\/[^/]+$/, ''), main, master: master ?? '' })
  const named = ['multi_instance_directories', 'alternate_config_directories'].flatMap((name) =>
    listItems(main.get(name) ?? ''),
  )
  const read = new Map(instances.map((each) => [each.directory, each]))
  const hostNames = [...host.own, main.get('myhostname') ?? ''].filter((each) => each !== '')
  return {
    ...own,
    host: { ...host, own: hostNames },
    instances: [...new Set(named)].flatMap((directory): PostfixSources['instances'] => {
      const reported = read.get(directory)
      if (reported === undefined)
        return [{ directory, unread: `its name is no path, or there are ${MOST_INSTANCES} instances before it` }]
      if (reported.main === undefined) return []
      if (reported.main.size === 0) return [{ directory, unread: 'postconf(1) prints nothing about it' }]
      return [instanceOf({ ...reported, main: reported.main })]
    }),
  }
}

/** The same from the answer to an audit, which has only the default instance. */
export const postfixSourcesOf = ({
  directory,
  main,
  master,
  hosts,
  addresses,
  hostName,
}: PostfixAnswer): PostfixSources => ({
  ...instanceOf({ directory, main: new Map(Object.entries(main)), master }),
  host: { own: hostName === '' ? [] : [hostName], hosts: hostsIn(hosts), addresses: addressesIn(addresses) },
  instances: [],
})

const instanceOf = ({
  directory,
  main,
  master,
}: Pick<PostfixInstance, 'directory' | 'main'> & Pick<InstanceAnswer, 'master'>): PostfixInstance => ({
  directory,
  main,
  services: masterServices(master, {
    disabled: main.get('master_service_disable') ?? '',
    compatibilityLevel: main.get('compatibility_level') ?? '',
  }),
})
