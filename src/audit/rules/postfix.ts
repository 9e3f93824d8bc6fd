// Lint: how Postfix asks its milters, in main.cf and in every service of master.cf.
import { headOf, listItems } from '../../postfix/milter-list.ts'
import type { MailSetup } from '../../model/mail-setup.ts'
import { faultIf, type Fault } from '../fault.ts'
import { isInstalled, isLoopback, listening, type Listening } from '../opendkim-setup.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

const MAIN = '/main.cf'

export function postfixFaults(setup: MailSetup): readonly Fault[] {
  if (Object.keys(setup.parameters).length === 0) return []
  return [...mainFaults(setup), ...serviceFaults(setup)]
}

const mainPath = ({ parameters }: MailSetup): string => `${parameters['config_directory'] ?? '/etc/postfix'}${MAIN}`
const milters = (list: Untrusted): readonly string[] => listItems(list).map(headOf)

function placeIn(setup: MailSetup, name: string): Fault['subject'] {
  const line = setup.parameterLines[name]?.at(-1)
  return { path: mainPath(setup), ...(line === undefined ? {} : { line }) }
}

function mainFaults(setup: MailSetup): readonly Fault[] {
  const { parameters, parameterLines } = setup
  const asked = askedAnywhere(setup)
  const helo = parameters['smtp_helo_name'] ?? ''
  const isUnqualified =
    /^[^.]+$|\.$|^\d[\d.]*$/.test(helo) || /\.(?:localdomain|local|lan|internal|invalid)$/.test(helo)
  return [
    ...faultIf(asked.length > 0 && parameters['milter_default_action'] === 'accept', {
      id: 'milter-accept',
      subject: placeIn(setup, 'milter_default_action'),
      message: 'mail leaves unsigned whenever a milter does not answer',
      expected: 'tempfail',
      found: 'accept',
    }),
    ...askedElsewhere(setup, asked),
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

/** The milters of main.cf and of all services. */
const askedAnywhere = ({ parameters, services }: MailSetup): readonly string[] =>
  [parameters, ...services.map(({ overrides }) => overrides)].flatMap((settings) => [
    ...milters(settings['smtpd_milters'] ?? ''),
    ...milters(settings['non_smtpd_milters'] ?? ''),
  ])

function askedElsewhere(setup: MailSetup, asked: readonly string[]): readonly Fault[] {
  const socket = isInstalled(setup) ? listening(setup) : undefined
  if (socket === undefined || asked.length === 0) return []
  const queue = setup.parameters['queue_directory'] ?? ''
  if (asked.some((milter) => isAt(milter, socket, queue))) return []
  const found = [...new Set(asked)].join(', ')
  return [
    {
      id: 'milter-elsewhere',
      subject: placeIn(setup, 'smtpd_milters'),
      message: `OpenDKIM listens at ${shown(socket)}, and Postfix asks ${found}`,
      expected: shown(socket),
      found,
    },
  ]
}

const shown = (socket: Listening): string =>
  socket.kind === 'local' ? `local:${socket.path}` : `inet:${socket.port}${socket.host === '' ? '' : `@${socket.host}`}`

const isAt = (milter: string, socket: Listening, queue: Untrusted): boolean =>
  socket.kind === 'local' ? isAtPath(milter, socket.path, queue) : isAtPort(milter, socket)

/** Relative paths, and those of a chroot, begin at the queue directory. */
function isAtPath(milter: string, listens: string, queue: Untrusted): boolean {
  const path = /^(?:unix|local):(.*)$/.exec(milter)?.[1]
  const real = (each: string): string => each.replaceAll(/\/+/g, '/').replace(/^\/var\/run\//, '/run/')
  return path !== undefined && [path, `${queue}/${path}`].some((each) => real(each) === real(listens))
}

function isAtPort(milter: string, listens: Extract<Listening, { kind: 'inet' }>): boolean {
  const [, host = '', port = ''] = /^inet6?:\[?(.*?)\]?:([\w-]+)$/.exec(milter) ?? []
  if (port !== listens.port) return false
  const areLoopback = isLoopback(host) && isLoopback(listens.host)
  return listens.host === '' || host === listens.host || areLoopback
}

function serviceFaults(setup: MailSetup): readonly Fault[] {
  const { parameters, services } = setup
  const master = `${parameters['config_directory'] ?? '/etc/postfix'}/master.cf`
  // Read once: services may be many, and lists long.
  const globally = (['smtpd_milters', 'non_smtpd_milters'] as const).map((parameter) => {
    const asked = milters(parameters[parameter] ?? '')
    return { parameter, asked, shown: asked.join(', ') }
  })
  return services.flatMap(({ name, command, overrides }): readonly Fault[] => {
    const subject = { path: master, about: name }
    const listener = command === 'smtpd' ? /^(?:(.*):)?[^:]+\/inet$/.exec(name) : null
    const own = (parameter: string): string => overrides[parameter] ?? parameters[parameter] ?? ''
    const given = overrides['smtpd_milters']
    const asks = given === undefined ? globally[0]!.asked : milters(given)
    if (listener !== null && isLoopback(listener[1] ?? '')) {
      return asks.length === 0 || /\bno_milters\b/.test(own('receive_override_options'))
        ? []
        : [
            {
              id: 'reinjection-signed',
              subject,
              message: `${name} asks ${asks.join(', ')} about mail that a filter gives back`,
              expected: 'receive_override_options=no_milters',
              found: own('receive_override_options') || 'no receive_override_options',
            },
          ]
    }
    return globally.flatMap(({ parameter, asked, shown: everywhere }): readonly Fault[] => {
      const instead = overrides[parameter]
      if (instead === undefined) return []
      const here = new Set(milters(instead))
      if (asked.every((each) => here.has(each))) return []
      return [
        {
          id: 'milters-overridden',
          subject: { ...subject, about: `${name} ${parameter}` },
          message: `${name} has -o ${parameter}=${instead}, and main.cf ${everywhere}`,
          expected: everywhere,
          found: instead || 'none',
        },
      ]
    })
  })
}
