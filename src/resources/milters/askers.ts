// Finds which services of a Postfix ask milters, and in which list. A milter is a program that Postfix asks about each
// message; it can change the message, for example sign it, or refuse it.
import type { PostfixService } from '../postfix/settings/sources.ts'
import type { Reading } from '../postfix/settings/reading.ts'

export interface Asker {
  readonly service: PostfixService
  readonly parameter: string
}

/** Services that ask milters, and by which lists. */
export function askers(reading: Reading): readonly Asker[] {
  const { services } = reading.instance
  const asksNone = (service: PostfixService): boolean =>
    reading.words('receive_override_options', service).includes('no_milters')
  // The cleanup(8) of those that have not asked milters themselves.
  const cleaners = new Set(
    services
      .filter((service) => (service.command === 'pickup' || service.command === 'qmqpd') && !asksNone(service))
      .map((service) => `${reading.value('cleanup_service_name', service)}/unix`),
  )
  // Bounces and notices to the postmaster pass milters only where this says so.
  const inspects = services.some(
    (service) => service.command === 'bounce' && reading.words('internal_mail_filter_classes', service).length > 0,
  )
  return services.flatMap((service): readonly Asker[] => {
    if (service.command === 'smtpd')
      return asksNone(service)
        ? []
        : ['smtpd_milters', 'smtpd_milter_maps'].map((parameter) => ({ service, parameter }))
    const isAsked = inspects || cleaners.has(service.name)
    return service.command === 'cleanup' && isAsked ? [{ service, parameter: 'non_smtpd_milters' }] : []
  })
}
