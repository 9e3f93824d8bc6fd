// A file or template on the controller that a task names; it is read and rendered once, before any connection.

export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'template'; readonly path: string; readonly vars: Readonly<Record<string, unknown>> }

/** Equal keys are the same content. */
export const sourceKey = (source: Source): string => JSON.stringify(source)
