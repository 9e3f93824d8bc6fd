// What a host's vars want of mail from its own name, as of cron and bounces.
import type { MailVars } from '../../mail/fleet/mail-vars.ts'

/** What is asked about mail of the host itself. */
export const ownMail = ({
  sign_host_name: own,
  sign_bounces: bounces,
}: Pick<MailVars, 'sign_host_name' | 'sign_bounces'>): { readonly own: boolean; readonly bounces: boolean } => ({
  own: own !== false,
  bounces: own !== false && bounces !== false,
})
