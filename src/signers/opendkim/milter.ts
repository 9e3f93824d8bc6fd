// OpenDKIM as a milter, a program that Postfix asks about each message: where it may listen, and which services of
// Postfix ask it there.
import { milterOf } from '../../resources/milters/endpoint.ts'
import type { PostfixSources } from '../../resources/postfix/settings/sources.ts'
import type { SignerMilter } from '../signer.ts'
import {
  expectedOf,
  isAsked,
  isElsewhere,
  problemOfMove,
  problemOfReach,
  opendkimLists,
  socketsNow,
} from './activation/lists.ts'
import type { OpendkimConfiguration } from './configuration/index.ts'
import { configurationOf, opendkimSetup, type OpendkimSetup } from './setup/signing.ts'

export const opendkimMilter: SignerMilter<OpendkimSetup> = {
  setup: opendkimSetup,
  problem(setup, wanted, postfix) {
    const configuration = setup.installed ? configurationOf(setup) : undefined
    const unreached = problemOfReach(wanted, postfix)
    if (unreached !== undefined || configuration === undefined) return unreached
    return problemOfMove(configuration, wanted, postfix.host) ?? unmovedFor(configuration, wanted, postfix)
  },
  expected: (setup, wanted, postfix) => expectedOf({ now: socketsNow(setup), wanted }, postfix),
}

/** Why the lists that name it cannot follow it. */
function unmovedFor(
  { socket, signing }: OpendkimConfiguration,
  wanted: string,
  postfix: PostfixSources,
): string | undefined {
  if (socket === undefined || !isElsewhere(socket, wanted, postfix.host)) return undefined
  const lists = opendkimLists({ now: [socket], wanted }, milterOf(wanted), postfix)
  if (lists === undefined || !('impossible' in lists)) return undefined
  // Who signs nothing, and is asked by nobody, is missed by nobody.
  if (signing.length === 0 && !isAsked(socket, postfix)) return undefined
  return (
    `OpenDKIM is to listen at ${wanted}, and Postfix cannot follow, for ${lists.impossible}: take that out, ` +
    `or leave OpenDKIM at ${socket} (opendkim_socket)`
  )
}
