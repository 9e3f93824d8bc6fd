// The audit rule that Postfix must ask OpenDKIM as a milter, at the socket where it listens.
import { foundIf, rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { endpointOfSocket, sameSocket } from '../../../resources/milters/endpoint.ts'
import { headOf } from '../../../resources/milters/milter-list.ts'
import { placeInMain, postfixOf } from '../../../resources/postfix/mail-setup.ts'
import { isInstalled, listening, shownSocket, valueOf } from './setup.ts'

export const milterElsewhere = rule({
  id: 'milter-elsewhere',
  check: 'setup',
  severity: 'error',
  means: 'OpenDKIM listens at a socket where Postfix asks no milter.',
  remedy:
    "one of smtpd_milters and non_smtpd_milters must name OpenDKIM's Socket; in a chroot, paths " +
    'begin in the queue directory',
  find(setup: OpendkimMailSetup) {
    const listens = isInstalled(setup) ? listening(setup) : undefined
    const read = postfixOf(setup)
    if (read === undefined || listens === undefined) return []
    const { postfix, uses } = read
    const socket = endpointOfSocket(valueOf(setup, 'socket', 'p') ?? '', postfix.host)
    const isAsked = uses.some(({ endpoint }) => sameSocket(endpoint, socket, postfix.host))
    const found = [...new Set(uses.map(({ item }) => headOf(item)))].join(', ')
    return foundIf(uses.length > 0 && !isAsked, {
      subject: placeInMain(setup, 'smtpd_milters'),
      message: `OpenDKIM listens at ${shownSocket(listens)}, and Postfix asks ${found}`,
      expected: shownSocket(listens),
      found,
    })
  },
})
