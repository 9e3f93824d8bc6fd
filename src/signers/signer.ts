// What a signer is: a milter that adds DKIM signatures to mail (RFC 6376). A milter is a program that Postfix asks
// about each message. Commands, tasks and proofs use this interface; docs/contributing/signer.md explains how to write
// a signer. The part that only `mailrun audit` and `mailrun adopt` need is the inspection (inspection.ts), which no
// playbook loads.
import type { Probe } from '../core/probe/probe.ts'
import type { ProbeRole } from '../mail/messages/probe-message.ts'
import type { MilterUse } from '../resources/milters/milter-uses.ts'
import type { PostfixSources } from '../resources/postfix/settings/sources.ts'
import type { HostKeys } from './keys/host-keys.ts'
import type { Signing, SigningQuestion } from './keys/signing.ts'

/** The milter that the signer is, and who asks it. */
export interface SignerMilter<Setup> {
  /** How the signer is set up on a host, by whomever. */
  readonly setup: Probe<Setup>
  /**
   * Why it cannot listen at a socket with all that asks it; `undefined`: it can.
   *
   * @param wanted - as libmilter writes a socket: `local:/path`, `inet:PORT@HOST`.
   */
  problem(setup: Setup, wanted: string, postfix: PostfixSources): string | undefined
  /** Which uses of milters it answers, or moves, once it listens there: what asks it now is among them. */
  expected(setup: Setup, wanted: string, postfix: PostfixSources): (use: MilterUse) => boolean
}

/** Parts of a program for the perl of Debian's perl-base. */
export interface SendersProgram {
  /** Its subroutines; `PERL_WORDS` of src/shell/perl-words.ts is among them, which the program needs, too. */
  readonly subs: string
  /** Calls `also($sender)` for each address or domain. */
  readonly tell: string
}

/** What to do about mail that is not signed as it should be. */
export interface SignerAdvice {
  /** A stranger's mail is signed. */
  readonly outsider: string
  /** Mail of a domain passes unsigned, in a role. */
  unsigned(role: ProbeRole, domain: string): string
  /** The same of several domains and roles. */
  readonly allUnsigned: string
}

/** @typeParam Setup - what its own question about its setup answers; nobody else looks into it. */
export interface Signer<Setup = unknown> {
  /** How the var `dkim_signer` names it, and the folder that it is in. */
  readonly name: string
  /** Signs where the inventory names none: one of the list does. */
  readonly isUsual?: true
  /** As people write it. */
  readonly title: string
  /** As systemctl(1) takes it. */
  readonly unit: string
  /** That it runs as. */
  readonly user: string
  /** That its user alone is in: by it the signer reads keys that are root's. */
  readonly keyGroup: string
  /** A key is `KEY_DIRECTORY/DOMAIN/SELECTOR.private`, unless a task is set otherwise. */
  readonly keyDirectory: string
  /** Why no key can be in this directory, in words that follow `directory`; `undefined`: it can. */
  unfitDirectory(directory: string): string | undefined
  /** With which key it signs for each domain, else is to sign first. Equal questions are asked once. */
  signing(question: SigningQuestion): Probe<readonly Signing[]>
  /** The private keys below the directory, and those elsewhere that its configuration names. */
  keys(directory: string, domains: readonly string[]): Probe<HostKeys>
  /** Why nothing can be signed with a key as it lies there, and what to do; `undefined`: it can be used, or made. */
  keyProblem(signing: Signing): string | undefined
  readonly milter: SignerMilter<Setup>
  /** Tells a host's program, which asks milters about mail, for whom the signer signs by its configuration. */
  readonly senders: SendersProgram
  readonly advice: SignerAdvice
}
