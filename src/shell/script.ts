// A script: shell text to send, the text that may be shown, and the secrets to mask in the output.

/**
 * POSIX shell text: `text` is what runs, `shown` is what people see of it, `secrets` are the raw values that `shown`
 * hides.
 */
export interface Script {
  readonly text: string
  readonly shown: string
  readonly secrets: readonly string[]
  /** Of a question that is written in Perl: its statements, for a program that answers several. */
  readonly perl?: string
}

/** Trusted shell text, taken as it stands. For anything that holds a value use the `sh` tag, which quotes. */
export const raw = (text: string): Script => ({ text, shown: text, secrets: [] })

/** Several scripts as one, line after line. */
export function lines(scripts: readonly Script[]): Script {
  return {
    text: scripts.map((script) => script.text).join('\n'),
    shown: scripts.map((script) => script.shown).join('\n'),
    secrets: [...new Set(scripts.flatMap((script) => script.secrets))],
  }
}
