// The interface of a DNS backend. A backend writes changes of records into a zone: with updates from this machine, or
// with a program on a name server. docs/contributing/dns-backend.md explains how to write one.
import * as v from 'valibot'
import type { Connection } from '../../engine/session/connection.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { NameServer } from '../lookup/name-server.ts'
import type { WrittenChange } from './written-change.ts'

/** What became of one change. */
export type UpdateOutcome =
  | { readonly kind: 'done' }
  /** Somebody else changed the set since it was read: nothing was done to it. */
  | { readonly kind: 'outdated'; readonly why: string }
  /** `why` says what was wanted, what came, and what to do. */
  | { readonly kind: 'failed'; readonly why: string }

/** @param reported - what the name server said of the set, or what was seen there */
export const OUTDATED = (reported: Untrusted): UpdateOutcome => ({
  kind: 'outdated',
  why: `somebody changed it since it was read (${reported}): nothing was done to it; plan again`,
})

/** A host that ended without a word on a change. */
export const NO_ANSWER: UpdateOutcome = { kind: 'failed', why: 'the host did not tell what came of it; verify does' }

/** Characters of a stranger's line that an outcome shows. */
export const SHOWN_CHARACTERS = 500

/**
 * What keeps a change of somebody else from being overwritten.
 *
 * - `compare-and-set`: the backend compares the whole set with {@link WrittenChange.before} and changes it in one step,
 *   and answers with {@link OUTDATED} where they differ.
 * - `look-before`: it cannot. mailrun then asks the primary for the set right before each push; what somebody changes
 *   within that moment is lost.
 * - `nothing-pushed`: none is needed.
 */
export type Guard = 'compare-and-set' | 'look-before' | 'nothing-pushed'

/** The zone that changes go into, as DNS and the inventory have it. */
export interface Zone {
  /** Its topmost name, without a final dot. */
  readonly zone: string
  /** That takes updates; `undefined` where its address is not known. */
  readonly primary: NameServer | undefined
}

interface AnyUpdater {
  /**
   * Why it cannot change this zone; `undefined`: nothing is known against it. Asks nobody. Left out: it can change any.
   */
  unfit?(zone: Zone): string | undefined
  /**
   * What can be known to be wrong before anything is changed, such as a program that is missing here or a key that
   * cannot be read. Left out: nothing.
   *
   * @throws MailrunError
   */
  ready?(): Promise<void>
}

/** Sends changes from this machine. */
export interface LocalUpdater extends AnyUpdater {
  /** Outcomes in the order of the changes, one for each: what goes wrong with one holds up no other. */
  push(changes: readonly WrittenChange[], zone: Zone, signal: AbortSignal): Promise<readonly UpdateOutcome[]>
}

/** Makes changes on a host of the inventory. The connection is made and closed for it, and its loss is reported. */
export interface HostUpdater extends AnyUpdater {
  /** The host's name in the inventory. */
  readonly host: string
  /**
   * Outcomes in the order of the changes, one for each.
   *
   * @throws ConnectionLost
   */
  pushOnHost(
    changes: readonly WrittenChange[],
    zone: Zone,
    connection: Connection,
    signal: AbortSignal,
  ): Promise<readonly UpdateOutcome[]>
}

/** A backend with the settings of one zone. */
export type Updater = LocalUpdater | HostUpdater

/** What a backend makes of a zone's settings. */
export type Settled =
  | Updater
  /** Settings that it cannot do without: `key_file, the TSIG key that the name server knows`. */
  | { readonly needs: string }
  /** The zone's records are planned and verified, and pushed by nobody. */
  | 'by-hand'

/** Entries of the var `dns`, by name. Each is optional; its `v.description` is its line in docs/mail/dns.md. */
export type BackendVars = Readonly<Record<string, v.OptionalSchema<v.GenericSchema<unknown, unknown>, undefined>>>

export interface Backend {
  /** How `dns.via` names it. */
  readonly via: string
  /** How records get into the zone: for docs/mail/dns.md, in Markdown. */
  readonly how: string
  /** How to choose it, for a zone of which the inventory says nothing: `dns.key_file (TSIG)`. */
  readonly set: string
  readonly guard: Guard
  readonly vars: BackendVars
  /** Where the inventory has one of these entries and no `via`, this backend is meant. Left out: never. */
  readonly impliedBy?: readonly string[]
  /**
   * Pure: no file, no program, no host is touched.
   *
   * @param own - its own entries for one zone; `undefined` where the inventory says nothing.
   */
  settle(own: Readonly<Record<string, unknown>>): Settled
}

/** A backend whose entries' types are known. */
export interface BackendOf<Via extends string, Vars extends BackendVars> extends Backend {
  readonly via: Via
  readonly vars: Vars
  readonly impliedBy?: readonly (keyof Vars & string)[]
  settle(own: v.InferOutput<v.ObjectSchema<Vars, undefined>>): Settled
}

/** Infers the types of a backend's entries. */
export const defineBackend = <const Via extends string, const Vars extends BackendVars>(
  backend: BackendOf<Via, Vars>,
): BackendOf<Via, Vars> => backend

/** The entry that several backends share: where they do their work. */
export const hostVar = v.optional(
  v.pipe(
    v.string("a host's name in the inventory is wanted"),
    v.minLength(1, "a host's name in the inventory is wanted"),
    v.description("The name server's name in the inventory."),
  ),
)

/** What a {@link hostVar} that is missing is needed for. */
export const NEEDS_HOST = { needs: "host, the name server's name in the inventory" } as const
