// Decides from a host's vars whether mail from its own name (from cron, and bounces) must be signed.
import type { MailVars } from '../../mail/fleet/mail-vars.ts'

/** `own`: mail from the host's name; `bounces`: bounces. */
export const ownMail = ({
  sign_host_name: own,
  sign_bounces: bounces,
}: Pick<MailVars, 'sign_host_name' | 'sign_bounces'>): { readonly own: boolean; readonly bounces: boolean } => ({
  own: own !== false,
  bounces: own !== false && bounces !== false,
})
