// Audit rules about the services in Postfix's master.cf. A service can have its own list of milters.
import type { FindingDetails } from '../../../findings/finding.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import type { MailSetup } from '../../../mail/mail-setup.ts'
import { headOf } from '../../../resources/milters/milter-list.ts'
import { Reading } from '../../../resources/postfix/settings/reading.ts'
import type { PostfixService } from '../../../resources/postfix/settings/sources.ts'
import { SIGNER_TITLES } from '../../../signers/signers.ts'
import { groupedBy } from '../../../text/grouped-by.ts'
import { isLoopback } from '../../../resources/milters/endpoint.ts'
import { postfixOf } from '../../../resources/postfix/mail-setup.ts'

const NO_SERVICE: PostfixService = { name: '', command: 'smtpd', chroot: false, overrides: new Map() }

/** A service that takes mail back from a filter on the same host. */
function isReinjection({ name, command }: PostfixService): boolean {
  const listener = command === 'smtpd' ? /^(?:(.*):)?[^:]+\/inet$/.exec(name) : null
  return listener !== null && isLoopback(listener[1] ?? '')
}

export const reinjectionSigned = rule({
  id: 'reinjection-signed',
  check: 'setup',
  severity: 'warning',
  means:
    'A service on the loopback address takes mail back from a filter, and asks milters again: this ' +
    'mail comes from 127.0.0.1, so forged mail from outside is signed.',
  remedy: '-o receive_override_options=no_milters for this service',
  find(setup: MailSetup) {
    const read = postfixOf(setup)
    if (read === undefined) return []
    const { postfix, uses } = read
    const reading = new Reading(postfix)
    const byService = groupedBy(uses, ({ service }) => service)
    return postfix.services.filter(isReinjection).flatMap((service) => {
      const { name } = service
      const asks = (byService.get(name) ?? []).map(({ item }) => headOf(item))
      return foundIf(asks.length > 0, {
        subject: { path: `${postfix.directory}/master.cf`, about: name },
        message: `${name} asks ${asks.join(', ')} about mail that a filter gives back`,
        expected: 'receive_override_options=no_milters',
        found: reading.value('receive_override_options', service) || 'no receive_override_options',
      })
    })
  },
})

export const miltersOverridden = rule({
  id: 'milters-overridden',
  check: 'setup',
  severity: 'warning',
  means:
    `A service in master.cf has its own list of milters (-o), without ${SIGNER_TITLES}: ` +
    'the list in main.cf has no effect there.',
  remedy: `remove the -o, or add ${SIGNER_TITLES} to it`,
  find(setup: MailSetup) {
    const postfix = postfixOf(setup)?.postfix
    if (postfix === undefined) return []
    const reading = new Reading(postfix)
    const heads = (parameter: string, service: PostfixService): readonly string[] =>
      reading.words(parameter, service).map(headOf)
    const globally = (['smtpd_milters', 'non_smtpd_milters'] as const).map((parameter) => {
      const asked = heads(parameter, NO_SERVICE)
      return { parameter, asked, shown: asked.join(', ') }
    })
    const others = postfix.services.filter((service) => !isReinjection(service))
    return others.flatMap((service) =>
      globally.flatMap(({ parameter, asked, shown: everywhere }): readonly FindingDetails[] => {
        const { name, overrides } = service
        if (!overrides.has(parameter)) return []
        const instead = reading.value(parameter, service)
        const here = new Set(heads(parameter, service))
        return foundIf(!asked.every((each) => here.has(each)), {
          subject: { path: `${postfix.directory}/master.cf`, about: `${name} ${parameter}` },
          message: `${name} has -o ${parameter}=${instead}, and main.cf ${everywhere}`,
          expected: everywhere,
          found: instead || 'none',
        })
      }),
    )
  },
})
