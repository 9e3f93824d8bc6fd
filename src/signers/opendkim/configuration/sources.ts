// The texts of a host's OpenDKIM configuration before they are parsed, and the list of what mailrun does not understand
// in them.
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A file of the host as it was read; `cut`: longer than is read. */
export type FileText =
  | { readonly kind: 'text'; readonly text: Untrusted }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: Untrusted }
  /** A directory, a FIFO, a device. */
  | { readonly kind: 'other' }
  | { readonly kind: 'cut' }

/** What the host said: texts, not judged there. */
export interface OpendkimSources {
  /** Words of the daemon without its own path: of the process that runs, else of the unit's ExecStart. */
  readonly words: readonly Untrusted[]
  /**
   * By path as the configuration names it: the configuration, what it includes, and data sets that are files. A private
   * key that stands in a KeyTable is `(key)` there, filled up with dots to its length.
   */
  readonly files: ReadonlyMap<string, FileText>
}

/**
 * `line` counts from 1; left out where the whole file is meant, or a word of the command line (`path` is its option).
 */
export interface Place {
  readonly path: string
  readonly line?: number
}

/** What cannot be known, or is not understood: a host with one of these is not touched at all. */
export interface NotUnderstood {
  /** `Foo is no setting of OpenDKIM 2.11` */
  readonly what: string
  readonly place: Place
  /** `remove the line`: what the administrator can do. */
  readonly remedy: string
  /** Whether OpenDKIM does not start with it. */
  readonly refused: boolean
}

/** `/etc/opendkim.conf:12` */
export const placeText = ({ path, line }: Place): string => (line === undefined ? path : `${path}:${line}`)

/** Gathers what is not understood, each once. */
export class Doubts {
  readonly list: NotUnderstood[] = []
  private readonly known = new Set<string>()

  /** OpenDKIM does not start. */
  refused(what: string, place: Place, remedy: string): void {
    this.add({ what, place, remedy, refused: true })
  }

  unknown(what: string, place: Place, remedy: string): void {
    this.add({ what, place, remedy, refused: false })
  }

  private add(doubt: NotUnderstood): void {
    const key = `${doubt.what} ${placeText(doubt.place)}`
    if (this.known.has(key)) return
    this.known.add(key)
    this.list.push(doubt)
  }
}
