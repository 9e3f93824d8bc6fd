// The type `Untrusted`: text from a stranger (a host, a name server, a user of a host).

/** Names nothing at run time. */
declare const stranger: unique symbol

/**
 * Text, or bytes, as a stranger chose them: a host, a bastion, a name server, whoever answers on their network. Any
 * text may be given where it is wanted: the mark says what a function must be ready for.
 *
 * A function with such a parameter, or with one that holds such text, is a parser of strangers' text. Its time grows no
 * faster than the text, whatever stands in it: `test/growth/strangers.test.ts` finds it by this type, and runs it.
 * What methods of strings make of the text has a plain type: the same test follows it.
 */
export type Untrusted<Text = string> = Text & { readonly [stranger]?: true }
