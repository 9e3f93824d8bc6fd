// Explains why a host has nothing to adopt, and what to do.
import type { Signer } from '../../signers/signer.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** Packages of other programs that sign mail. */
const SIGNERS = ['amavisd-new', 'dkimpy-milter', 'rspamd']

export interface SetUp {
  /** Version by name. */
  readonly packages: Readonly<Record<string, Untrusted>>
  /** That is to sign there. */
  readonly signer: Pick<Signer, 'title'>
  /** Whether it is there. */
  readonly hasSigner: boolean
  readonly hasPostfix: boolean
}

/** In words: what is missing, who may sign in its place, what to do. */
export function signsNothing({ packages, ...setUp }: SetUp): string {
  const others = SIGNERS.filter((name) => packages[name] !== undefined)
  const is = others.length === 1 ? 'is' : 'are'
  return [
    missing(setUp),
    ...(others.length === 0
      ? []
      : [`${others.join(' and ')} ${is} installed, and may sign there: a run leaves that as it is`]),
    'to have it sign, put it into the group mail, with the domains that send from there in domains',
  ].join('; ')
}

function missing({ signer: { title }, hasSigner, hasPostfix }: Omit<SetUp, 'packages'>): string {
  if (hasSigner) return `${title} signs for no domain${hasPostfix ? '' : ', and Postfix is not installed'}`
  return hasPostfix ? `${title} is not installed` : `neither Postfix nor ${title} is installed`
}
