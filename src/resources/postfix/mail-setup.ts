// The configuration of a host's Postfix, parsed once for all audit rules, because there may be many services and long
// lists of milters.
import type { Subject } from '../../findings/finding.ts'
import type { MailSetup } from '../../mail/mail-setup.ts'
import { milterUses, type MilterUse } from '../milters/milter-uses.ts'
import type { PostfixSources } from './settings/sources.ts'
import { postfixSourcesOf } from './postfix-services.ts'
import { remembered } from '../../text/remembered.ts'

export interface PostfixRead {
  readonly postfix: PostfixSources
  /** Who asks which milter. */
  readonly uses: readonly MilterUse[]
}

/** `undefined` where there is no Postfix. */
export const postfixOf = remembered((setup: MailSetup): PostfixRead | undefined => {
  if (setup.postfix === undefined) return undefined
  const postfix = postfixSourcesOf(setup.postfix)
  return { postfix, uses: milterUses(postfix) }
})

export const mainPath = ({ parameters }: MailSetup): string =>
  `${parameters['config_directory'] ?? '/etc/postfix'}/main.cf`

/** Where main.cf sets a parameter, or would. */
export function placeInMain(setup: MailSetup, name: string): Subject {
  const line = setup.parameterLines[name]?.at(-1)
  return { path: mainPath(setup), ...(line === undefined ? {} : { line }) }
}
