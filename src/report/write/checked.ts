// `Checked` text: text in one language (terminal, HTML, JSON, …) that consists only of safe parts. A plain string is no
// safe part. So text of strangers must be escaped for the language, or the program does not compile.

declare const language: unique symbol

/** Only {@link writerOf} makes one; a string is none, nor is what string methods or plain templates make of one. */
export type Checked<Language extends string> = string & { readonly [language]: Language }

/** Text that may be printed, in whatever language. */
export type Printable = Checked<string>

export interface Writer<Language extends string> {
  /** A template: its own words stand as they are, its values are checked before, or numbers. */
  readonly tag: (strings: TemplateStringsArray, ...values: readonly (Checked<Language> | number)[]) => Checked<Language>
  /** Text of unknown origin, written as the language writes it. */
  readonly said: (text: string) => Checked<Language>
  readonly joined: (parts: readonly Checked<Language>[], separator?: Checked<Language>) => Checked<Language>
}

/** @param escaped - makes of any text one that means in the language what it was, and nothing else */
export const writerOf = <Language extends string>(escaped: (text: string) => string): Writer<Language> => ({
  tag: (strings, ...values) =>
    strings.reduce((text, literal, index) => `${text}${values[index - 1]}${literal}`) as Checked<Language>,
  said: (text) => escaped(text) as Checked<Language>,
  joined: (parts, separator) => parts.join(separator ?? '') as Checked<Language>,
})
