// Chooses the playbook for the check of `mailrun adopt`: the one that the user names, else the one whose vars the
// inventory has.
import type { Host } from '../../core/fleet/host.ts'
import type { PlaybookChoice } from '../../report/adoption/format.ts'

const SIGNING = 'playbooks/dkim.ts'
const WHOLE = 'playbooks/mail-auth.ts'
/** What mail-auth.ts cannot do without, or takes beside dkim.ts: it would write /etc/aliases, and publish a policy. */
const OF_WHOLE = ['aliases', 'dmarc']

/**
 * dkim.ts changes less, and takes the vars that hosts tell: no host tells its policy.
 * @param named - by its caller. @param hosts - of the inventory.
 */
export function playbookChoice(named: string | undefined, hosts: readonly Pick<Host, 'vars'>[]): PlaybookChoice {
  if (named !== undefined) return { path: named }
  const isWhole = hosts.length > 0 && hosts.every(({ vars }) => OF_WHOLE.every((name) => vars.has(name)))
  return isWhole ? { path: WHOLE, why: `the inventory says ${OF_WHOLE.join(' and ')}` } : { path: SIGNING }
}
