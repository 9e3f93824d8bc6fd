// A line of OpenDKIM's configuration that makes it sign some mail, and a line that has no effect.
import type { Place } from './sources.ts'

export interface SigningLine {
  /**
   * The addresses, in small letters; a star is any text: `*@example.org`, `info@example.org`, `*@*.example.org`
   * (subdomains), `*@*`. Of several lines for an address the first counts; with MultipleSignatures the first and last.
   */
  readonly pattern: string
  /** As the file spells it: `.example.org`. */
  readonly written: string
  readonly place: Place
  /** `d=`; `%` for the sender's domain. */
  readonly domain: string
  readonly selector: string
  /** `i=`, which OpenDKIM leaves out for senders whose `d=` it is not below; `%` as in `domain`. */
  readonly identity: string | undefined
  /** The private key's path, `%` as in `domain`; `undefined` where the key stands in the KeyTable itself. */
  readonly key: string | undefined
  /** The key's name in the KeyTable; `undefined` of KeyFile. */
  readonly keyName: string | undefined
  /** The KeyTable's line, or that of KeyFile. */
  readonly keyPlace: Place
}

/** A line by which nobody is signed. `fails`: mail of these senders is answered with 451. */
export interface IdleLine {
  /** `undefined`: no address is looked up by it. */
  readonly pattern: string | undefined
  readonly written: string
  readonly place: Place
  readonly why: string
  readonly fails: boolean
}

export interface Lines {
  readonly signing: readonly SigningLine[]
  readonly idle: readonly IdleLine[]
}
