// How a host sends its mail: what the audit and `mailrun adopt` ask any host, whichever program signs there.
import type { Untrusted } from '../shell/untrusted.ts'

export interface MailSetup {
  /** Why nothing could be asked. */
  readonly problem?: Untrusted
  /** Of those that send or sign mail: version by name. */
  readonly packages: Readonly<Record<string, Untrusted>>
  /** Units of other signers and MTAs that run. */
  readonly running: readonly Untrusted[]
  /** Of main.cf, `$name` expanded; empty where there is no Postfix. */
  readonly parameters: Readonly<Record<string, Untrusted>>
  /** Where main.cf sets each, in order. */
  readonly parameterLines: Readonly<Record<string, readonly number[]>>
  /** Who asks which milter; left out where there is no Postfix. */
  readonly postfix?: PostfixAnswer
}

/** What tells who asks which milter, as the host's files say it. */
export interface PostfixAnswer {
  /** Of its configuration. */
  readonly directory: Untrusted
  /** Of main.cf what lists of milters lead to, as written. */
  readonly main: Readonly<Record<string, Untrusted>>
  /** Texts of master.cf and of hosts(5). */
  readonly master: Untrusted
  readonly hosts: Untrusted
  /** Of its interfaces, a line each. */
  readonly addresses: Untrusted
  /** myhostname. */
  readonly hostName: Untrusted
}
