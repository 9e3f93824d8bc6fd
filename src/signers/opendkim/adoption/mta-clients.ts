// Decides whether the setting MTA of opendkim.conf(5) makes OpenDKIM sign for more clients. It names services of
// Postfix whose mail is signed.
import { placesOf } from '../activation/lists.ts'
import type { PostfixService, PostfixSources } from '../../../resources/postfix/settings/sources.ts'
import { sameSocket } from '../../../resources/milters/endpoint.ts'
import { milterUses } from '../../../resources/milters/milter-uses.ts'
import { Reading } from '../../../resources/postfix/settings/reading.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** Sent to milters as `{daemon_name}`. */
const DAEMON_NAME = 'milter_macro_daemon_name'
/** What lets nobody in who has not logged in: whoever has is signed for anyhow. */
const LOGGED_IN = 'permit_sasl_authenticated,reject'
const RESTRICTIONS = ['smtpd_client_restrictions', 'smtpd_relay_restrictions', 'smtpd_recipient_restrictions']

/**
 * Whether mail that is signed by MTA comes from this host itself, or from who logs in, alone: both are signed for
 * without it, too.
 * @param names - what MTA says. @param socket - where OpenDKIM listens today.
 */
export function mtaAddsNobody(sources: PostfixSources, names: readonly Untrusted[], socket: Untrusted): boolean {
  const reading = new Reading(sources)
  const places = placesOf({ now: [socket], wanted: socket }, sources)
  const asking = new Set(
    milterUses(sources)
      .filter(
        ({ endpoint }) => endpoint.kind === 'unknown' || places.some((at) => sameSocket(endpoint, at, sources.host)),
      )
      .map(({ service }) => service),
  )
  return sources.services
    .filter(({ name, command }) => command === 'smtpd' && asking.has(name))
    .filter((service) => mayBe(reading.value(DAEMON_NAME, service), names))
    .every((service) => isOfLoopback(service) || letsInWhoLogsIn(reading, service))
}

/** One that is made of what is not known may be any. */
const mayBe = (name: Untrusted, names: readonly Untrusted[]): boolean =>
  name === `$${DAEMON_NAME}` ? false : name.includes('$') || names.some((each) => each === name)

const isOfLoopback = ({ name }: PostfixService): boolean =>
  /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?):[^:]+\/inet$/i.test(name)

const letsInWhoLogsIn = (reading: Reading, service: PostfixService): boolean =>
  RESTRICTIONS.some(
    (each) =>
      reading
        .value(each, service)
        .trim()
        .split(/[\s,]+/)
        .join() === LOGGED_IN,
  )
