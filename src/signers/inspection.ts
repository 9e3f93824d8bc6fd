// The type of an inspection: the part of a signer that only `mailrun audit` and `mailrun adopt` need. It reads how the
// signer is set up on a host, and has the rules that find faults in it. No playbook loads it.
import type { Probe } from '../core/probe/probe.ts'
import type { Rule } from '../findings/rule.ts'
import type { MailSetup, PostfixAnswer } from '../mail/mail-setup.ts'
import type { Endpoint } from '../resources/milters/endpoint.ts'
import type { PostfixSources } from '../resources/postfix/settings/sources.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** A key by which the signer's configuration has mail signed. */
export interface ConfiguredKey {
  readonly domain: string
  readonly selector: string
  /** Of the private key. */
  readonly path: string
  /** SubjectPublicKeyInfo, DER, base64; empty where it is not known. */
  readonly publicKey: string
}

/** What a host signs today, by the domains that an inventory would name. */
export interface SignedDomains {
  /** In the signer's order, in A-labels. */
  readonly domains: readonly string[]
  /** Their selectors, and those by which any domain is signed as its own; each once. */
  readonly selectors: readonly string[]
  /** Whether mail from the host's own name is signed today. */
  readonly signsOwn: boolean
  /** Whose mail is signed today, and would not be by `domains`, in the words of `drop_signing`. */
  readonly beside: readonly Untrusted[]
  /** In words. */
  readonly left: readonly Untrusted[]
}

/** Whose mail is signed besides this host's and that of who logs in. */
export interface SignedClients {
  /** Addresses, networks and names. */
  readonly names: readonly Untrusted[]
  /** Settings by which mail of more clients is signed. */
  readonly otherSettings: readonly string[]
}

/** A setting by which nobody's mail is signed that would not be signed without it. */
export interface IdleSetting {
  readonly name: string
  /** A sentence without a stop. */
  readonly why: string
}

/** The var that says where the signer listens. */
export interface SocketVar {
  readonly name: string
  /** What it is where it is left out. */
  readonly usual: string
  /** Where it listens today, as its configuration says it. */
  readonly socket: Untrusted
  /** The same as the var writes it. */
  readonly value: Untrusted
  /** Whether the var takes that. */
  readonly isTaken: boolean
  /** Where other hosts can ask it, what to do about that. */
  readonly forOthers?: string
}

/** What a signer does on a host today, by what the host said. */
export interface SignerToday {
  /** Why a run would not touch it, with what to do; none: all is understood. */
  readonly problems: readonly Untrusted[]
  /** @param fqdn - the host's full name, which its own mail comes from. */
  signedDomains(fqdn: string | undefined): SignedDomains
  /** @param hostName - the host's full name, where mail from it is signed: it needs no word. */
  clients(hostName: string | undefined): SignedClients
  /** Those of the other ways by which nobody is signed that would not be. */
  idle(postfix: PostfixAnswer): readonly IdleSetting[]
  /** `undefined`: it listens nowhere. */
  readonly socketVar: SocketVar | undefined
  /** Where it listens, as Postfix comes there. */
  places(postfix: PostfixSources): readonly Endpoint[]
}

/** @typeParam Setup - what the question answers. @typeParam Texts - the same for `mailrun adopt`, as JSON. */
export interface Inspection<Setup extends MailSetup = MailSetup, Texts = unknown, Id extends string = string> {
  /** Of the signer. */
  readonly name: string
  /** How the signer and Postfix are set up. */
  readonly setup: Probe<Setup>
  /** What the audit finds in that, besides what it finds in Postfix; in the order in which reports tell it. */
  readonly rules: readonly Rule<Setup, Id>[]
  /** Of lines for domains that are named. */
  usedKeys(setup: Setup): readonly ConfiguredKey[]
  /** Whether mail from an address is signed, of clients that are trusted. */
  signs(setup: Setup, address: string): boolean
  /** Its configuration, as texts that can leave a run among its outputs. */
  readonly texts: Probe<Texts>
  /** `undefined`: it is not there. */
  today(texts: Texts): SignerToday | undefined
}
