// A file or template on this machine that a task names. It is read and rendered once, before any connection.
import { Secret } from '../../shell/secret.ts'

export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'template'; readonly path: string; readonly vars: Readonly<Record<string, unknown>> }

/** Something in a folder of this machine. */
export interface FolderEntry {
  /** Below the folder: `conf.d/one.conf`. */
  readonly path: string
  readonly kind: 'file' | 'directory'
  /** Of a file: whether its owner may execute it. */
  readonly executable: boolean
}

/** What is in a folder, a directory before what is in it. */
export type Listing = readonly FolderEntry[]

/** Equal keys are the same content. Holds the secrets of a template's vars: never to be shown. */
export const sourceKey = (source: Source): string =>
  JSON.stringify(source, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const original = this[key]
    return original instanceof Secret ? { secret: original.reveal() as unknown } : value
  })
