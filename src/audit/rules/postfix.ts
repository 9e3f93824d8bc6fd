// Lint: how Postfix asks its milters, in main.cf and in every service of master.cf.
import { headOf, listItems } from '../../mail/milter-list.ts'
import type { MailSetup } from '../../model/mail-setup.ts'
import type { Fault } from '../fault.ts'
import { isInstalled, isLoopback, listening, type Listening } from '../opendkim-setup.ts'

const MAIN = '/main.cf'

export function postfixFaults(setup: MailSetup): readonly Fault[] {
  if (Object.keys(setup.parameters).length === 0) return []
  return [...mainFaults(setup), ...serviceFaults(setup)]
}

const mainPath = ({ parameters }: MailSetup): string => `${parameters['config_directory'] ?? '/etc/postfix'}${MAIN}`
const milters = (list: string): readonly string[] => listItems(list).map(headOf)

function placeIn(setup: MailSetup, name: string): Fault['subject'] {
  const line = setup.parameterLines[name]?.at(-1)
  return { path: mainPath(setup), ...(line === undefined ? {} : { line }) }
}

function mainFaults(setup: MailSetup): readonly Fault[] {
  const { parameters, parameterLines } = setup
  const value = (name: string): string => parameters[name] ?? ''
  const asked = [
    ...milters(value('smtpd_milters')),
    ...milters(value('non_smtpd_milters')),
    ...setup.services.flatMap(({ overrides }) => [
      ...milters(overrides['smtpd_milters'] ?? ''),
      ...milters(overrides['non_smtpd_milters'] ?? ''),
    ]),
  ]
  const socket = isInstalled(setup) ? listening(setup) : undefined
  const helo = value('smtp_helo_name')
  return [
    ...(asked.length > 0 && value('milter_default_action') === 'accept'
      ? [
          {
            id: 'milter-accept',
            subject: placeIn(setup, 'milter_default_action'),
            message: 'mail leaves unsigned whenever a milter does not answer',
            expected: 'tempfail',
            found: 'accept',
          } as const,
        ]
      : []),
    ...(socket !== undefined &&
    asked.length > 0 &&
    !asked.some((milter) => isAt(milter, socket, value('queue_directory')))
      ? [
          {
            id: 'milter-elsewhere',
            subject: placeIn(setup, 'smtpd_milters'),
            message: `OpenDKIM listens at ${shown(socket)}, and Postfix asks ${[...new Set(asked)].join(', ')}`,
            expected: shown(socket),
            found: [...new Set(asked)].join(', '),
          } as const,
        ]
      : []),
    ...Object.entries(parameterLines)
      .filter(([, lines]) => lines.length > 1)
      .map(([name, lines]): Fault => ({
        id: 'parameter-twice',
        subject: { path: mainPath(setup), line: lines.at(-1)!, about: name },
        message: `${name} is set in lines ${lines.join(', ')}`,
        expected: 'one line',
        found: `${lines.length} lines`,
      })),
    ...(/^[^.]+$|\.$|^\d[\d.]*$/.test(helo) || /\.(?:localdomain|local|lan|internal|invalid)$/.test(helo)
      ? [
          {
            id: 'helo-not-qualified',
            subject: placeIn(setup, 'myhostname'),
            message: `it greets others as ${helo}`,
            found: helo,
          } as const,
        ]
      : []),
  ]
}

const shown = (socket: Listening): string =>
  socket.kind === 'local' ? `local:${socket.path}` : `inet:${socket.port}${socket.host === '' ? '' : `@${socket.host}`}`

/** Relative paths, and those of a chroot, begin at the queue directory. */
function isAt(milter: string, socket: Listening, queue: string): boolean {
  const local = /^(?:unix|local):(.*)$/.exec(milter)
  if (socket.kind === 'local') {
    const real = (path: string): string => path.replaceAll(/\/+/g, '/').replace(/^\/var\/run\//, '/run/')
    return local !== null && [local[1]!, `${queue}/${local[1]}`].some((path) => real(path) === real(socket.path))
  }
  const [, host = '', port = ''] = /^inet6?:\[?(.*?)\]?:([\w-]+)$/.exec(milter) ?? []
  return (
    port === socket.port &&
    (socket.host === '' || host === socket.host || (isLoopback(host) && isLoopback(socket.host)))
  )
}

function serviceFaults(setup: MailSetup): readonly Fault[] {
  const { parameters, services } = setup
  const master = `${parameters['config_directory'] ?? '/etc/postfix'}/master.cf`
  return services.flatMap(({ name, command, overrides }): readonly Fault[] => {
    const subject = { path: master, about: name }
    const listener = command === 'smtpd' ? /^(?:(.*):)?[^:]+\/inet$/.exec(name) : null
    const own = (parameter: string): string => overrides[parameter] ?? parameters[parameter] ?? ''
    const asks = milters(own('smtpd_milters'))
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
    return (['smtpd_milters', 'non_smtpd_milters'] as const).flatMap((parameter): readonly Fault[] => {
      const [global, given] = [milters(parameters[parameter] ?? ''), overrides[parameter]]
      if (given === undefined || global.length === 0 || global.every((each) => milters(given).includes(each))) return []
      return [
        {
          id: 'milters-overridden',
          subject: { ...subject, about: `${name} ${parameter}` },
          message: `${name} has -o ${parameter}=${given}, and main.cf ${global.join(', ')}`,
          expected: global.join(', '),
          found: given || 'none',
        },
      ]
    })
  })
}
