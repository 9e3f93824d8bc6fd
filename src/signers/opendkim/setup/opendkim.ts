// Asks everything about an OpenDKIM that must be known before its files change: keys, tables, configuration, its unit,
// and which Postfix asks it.
import type { Fact } from '../../../core/task/fact.ts'
import { fact } from '../../../core/task/fact.ts'
import type { Probe } from '../../../core/probe/probe.ts'
import { KEY_DIRECTORY } from '../keys/key-group.ts'
import { joinProbes } from '../../../core/probe/join-probes.ts'
import { opendkimActivation, type OpendkimActivation } from '../activation/state.ts'
import { pathProbe, type PathState } from '../../../resources/files/path.ts'
import type { PostfixSources } from '../../../resources/postfix/settings/sources.ts'
import { withSettings, type Settings } from '../../../resources/postfix/settings/with-settings.ts'
import { MAIN_CF, postfixParameters, type PostfixParameters } from '../../../resources/postfix/postfix-parameters.ts'
import { postfixServices, postfixSources, type PostfixServices } from '../../../resources/postfix/postfix-services.ts'
import type { Signing } from '../../keys/signing.ts'
import { KEY_TABLE, opendkimSetup, SIGNING_TABLE, signingProbe, type OpendkimSetup } from './signing.ts'
import { CONFIGURATION } from './signing-family.ts'
import { unitProbe, type UnitQuestion, type UnitState } from '../../../resources/systemd/unit.ts'

export { CONFIGURATION } from './signing-family.ts'
export { MAIN_CF } from '../../../resources/postfix/postfix-parameters.ts'
export { MASTER_CF } from '../../../resources/postfix/postfix-services.ts'

export const TRUSTED_HOSTS = `${KEY_DIRECTORY}/TrustedHosts`
/** What the daemon reads again on a reload. */
const RELOADED: readonly string[] = [KEY_TABLE, SIGNING_TABLE, TRUSTED_HOSTS, CONFIGURATION]
/**
 * How its unit is hardened. Its name comes first: what an administrator's own drop-ins say goes before it
 * (systemd.unit(5)).
 */
export const DROP_IN = '/etc/systemd/system/opendkim.service.d/00-mailrun.conf'
/** What goes live as one. */
export const FILES: readonly string[] = [...RELOADED, DROP_IN]

export interface OpendkimState {
  readonly signing: readonly Signing[]
  readonly setup: OpendkimSetup
  /** Of {@link FILES}. */
  readonly files: readonly PathState[]
  readonly unit: UnitState
  readonly parameters: PostfixParameters
  readonly services: PostfixServices
  /** Of a change that is pending: what it sets in main.cf and master.cf, beside what they say. */
  readonly pending: Settings
  readonly main: PathState
  readonly activation: OpendkimActivation
  /** The keys that are to sign from now on, in the order in which they were asked for. */
  readonly keys: readonly Signing[]
}

/** A selector, whose key is `DIRECTORY/DOMAIN/SELECTOR.private`; or one whose key lies elsewhere. */
export type ActiveKey = string | { readonly selector: string; readonly path: string }

export interface OpendkimQuestion {
  readonly domains: readonly string[]
  readonly selector: string
  readonly directory?: string
  readonly active?: Readonly<Record<string, ActiveKey>>
  /** opendkim.conf(5), Socket. Left out: as it is. */
  readonly socket?: string
}

const socketPath = (socket: string | undefined): string | undefined => /^local:(.*)$/.exec(socket ?? '')?.[1]

export const unitQuestion = ({ socket }: Pick<OpendkimQuestion, 'socket'>): UnitQuestion => ({
  unit: 'opendkim.service',
  restartOn: [],
  reloadOn: RELOADED,
  listens: [socketPath(socket) ?? []].flat(),
})

export function opendkimProbe(question: OpendkimQuestion): Probe<OpendkimState> {
  const { domains, selector, directory = KEY_DIRECTORY, active = {} } = question
  const rest: readonly Probe<unknown>[] = [
    opendkimSetup,
    unitProbe(unitQuestion(question)),
    postfixParameters(undefined),
    postfixServices,
    pathProbe({ path: MAIN_CF, wanted: 'digest' }),
    opendkimActivation,
    ...FILES.map((path) => pathProbe({ path, wanted: 'shown' })),
    ...Object.entries(active).map(([domain, key]) => {
      const named = typeof key === 'string' ? { selector: key } : key
      return signingProbe({ domains: [domain], directory, which: 'just', ...named })
    }),
  ] as readonly Probe<unknown>[]
  return joinProbes<readonly Signing[], unknown, OpendkimState>(
    signingProbe({ domains, selector, directory }),
    rest,
    (signing, [setup, unit, parameters, services, main, activation, ...paths]) => ({
      signing,
      setup: setup as OpendkimSetup,
      unit: unit as UnitState,
      parameters: parameters as PostfixParameters,
      services: services as PostfixServices,
      pending: { main: [], master: [] },
      main: main as PathState,
      activation: activation as OpendkimActivation,
      files: paths.slice(0, FILES.length) as readonly PathState[],
      keys: (paths.slice(FILES.length) as readonly (readonly Signing[])[]).flat(),
    }),
    ({ signing, setup, unit, parameters, services, main, activation, files, keys }) => [
      signing,
      [setup, unit, parameters, services, main, activation, ...files, ...keys.map((key) => [key])],
    ],
  )
}

/** Who asks which milter, once what is pending is done; `undefined`: there is no Postfix. */
export const postfixOf = ({
  parameters,
  services,
  pending,
}: Pick<OpendkimState, 'parameters' | 'services' | 'pending'>): PostfixSources | undefined =>
  parameters.installed ? withSettings(postfixSources(parameters, services), pending) : undefined

/** The unit once files are others. */
export function withFiles(
  question: UnitQuestion,
  unit: UnitState,
  paths: ReadonlyMap<string, PathState['is']>,
): UnitState {
  const probe = unitProbe(question)
  const facts: readonly Fact[] = [...paths].map(([path, is]) => fact('path', path, is))
  return facts.reduce((state, known) => probe.foresee(state, known) ?? state, unit)
}
