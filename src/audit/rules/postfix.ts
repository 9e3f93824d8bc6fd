// Lint: how Postfix asks its milters, in main.cf and in every service of master.cf.
import type { MailSetup } from '../../model/mail-setup.ts'
import type { PostfixService, PostfixSources } from '../../model/postfix-sources.ts'
import { endpointOfSocket, sameSocket } from '../../postfix/endpoint.ts'
import { headOf } from '../../postfix/milter-list.ts'
import { milterUses, type MilterUse } from '../../postfix/milter-uses.ts'
import { Reading } from '../../postfix/reading.ts'
import { sourcesTold } from '../../probes/postfix-services.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { faultIf, type Fault } from '../fault.ts'
import { isInstalled, isLoopback, listening, valueOf, type Listening } from '../opendkim-setup.ts'

const MAIN = '/main.cf'

export function postfixFaults(setup: MailSetup): readonly Fault[] {
  if (setup.postfix === undefined) return []
  const postfix = sourcesTold(setup.postfix)
  const uses = milterUses(postfix)
  return [...mainFaults(setup, postfix, uses), ...serviceFaults(postfix, uses)]
}

const mainPath = ({ parameters }: MailSetup): string => `${parameters['config_directory'] ?? '/etc/postfix'}${MAIN}`

function placeIn(setup: MailSetup, name: string): Fault['subject'] {
  const line = setup.parameterLines[name]?.at(-1)
  return { path: mainPath(setup), ...(line === undefined ? {} : { line }) }
}

function mainFaults(setup: MailSetup, postfix: PostfixSources, uses: readonly MilterUse[]): readonly Fault[] {
  const { parameters, parameterLines } = setup
  const helo = parameters['smtp_helo_name'] ?? ''
  const isUnqualified =
    /^[^.]+$|\.$|^\d[\d.]*$/.test(helo) || /\.(?:localdomain|local|lan|internal|invalid)$/.test(helo)
  return [
    ...faultIf(
      uses.some(({ action }) => action === 'accept'),
      {
        id: 'milter-accept',
        subject: placeIn(setup, 'milter_default_action'),
        message: 'mail leaves unsigned whenever a milter does not answer',
        expected: 'tempfail',
        found: 'accept',
      },
    ),
    ...askedElsewhere(setup, postfix, uses),
    ...Object.entries(parameterLines)
      .filter(([, lines]) => lines.length > 1)
      .map(([name, lines]): Fault => ({
        id: 'parameter-twice',
        subject: { path: mainPath(setup), line: lines.at(-1)!, about: name },
        message: `${name} is set in lines ${lines.join(', ')}`,
        expected: 'one line',
        found: `${lines.length} lines`,
      })),
    ...faultIf(isUnqualified, {
      id: 'helo-not-qualified',
      subject: placeIn(setup, 'myhostname'),
      message: `it greets others as ${helo}`,
      found: helo,
    }),
  ]
}

function askedElsewhere(setup: MailSetup, { host }: PostfixSources, uses: readonly MilterUse[]): readonly Fault[] {
  const listens = isInstalled(setup) ? listening(setup) : undefined
  if (listens === undefined || uses.length === 0) return []
  const socket = endpointOfSocket(valueOf(setup, 'socket', 'p') ?? '', host)
  if (uses.some(({ endpoint }) => sameSocket(endpoint, socket, host))) return []
  const found = [...new Set(uses.map(({ item }) => headOf(item)))].join(', ')
  return [
    {
      id: 'milter-elsewhere',
      subject: placeIn(setup, 'smtpd_milters'),
      message: `OpenDKIM listens at ${shown(listens)}, and Postfix asks ${found}`,
      expected: shown(listens),
      found,
    },
  ]
}

const shown = (socket: Listening): string =>
  socket.kind === 'local' ? `local:${socket.path}` : `inet:${socket.port}${socket.host === '' ? '' : `@${socket.host}`}`

const NO_SERVICE: PostfixService = { name: '', command: 'smtpd', chroot: false, overrides: new Map() }

function serviceFaults(postfix: PostfixSources, uses: readonly MilterUse[]): readonly Fault[] {
  const reading = new Reading(postfix)
  const path = `${postfix.directory}/master.cf`
  const heads = (parameter: string, service: PostfixService): readonly string[] =>
    reading.words(parameter, service).map(headOf)
  // Read once: services may be many, and lists long.
  const globally = (['smtpd_milters', 'non_smtpd_milters'] as const).map((parameter) => {
    const asked = heads(parameter, NO_SERVICE)
    return { parameter, asked, shown: asked.join(', ') }
  })
  const byService = groupedBy(uses, ({ service }) => service)
  return postfix.services.flatMap((service): readonly Fault[] => {
    const { name, command, overrides } = service
    const subject = { path, about: name }
    const listener = command === 'smtpd' ? /^(?:(.*):)?[^:]+\/inet$/.exec(name) : null
    if (listener !== null && isLoopback(listener[1] ?? '')) {
      const asks = (byService.get(name) ?? []).map(({ item }) => headOf(item))
      return faultIf(asks.length > 0, {
        id: 'reinjection-signed',
        subject,
        message: `${name} asks ${asks.join(', ')} about mail that a filter gives back`,
        expected: 'receive_override_options=no_milters',
        found: reading.value('receive_override_options', service) || 'no receive_override_options',
      })
    }
    return globally.flatMap(({ parameter, asked, shown: everywhere }): readonly Fault[] => {
      if (!overrides.has(parameter)) return []
      const instead = reading.value(parameter, service)
      const here = new Set(heads(parameter, service))
      return faultIf(!asked.every((each) => here.has(each)), {
        id: 'milters-overridden',
        subject: { ...subject, about: `${name} ${parameter}` },
        message: `${name} has -o ${parameter}=${instead}, and main.cf ${everywhere}`,
        expected: everywhere,
        found: instead || 'none',
      })
    })
  })
}
