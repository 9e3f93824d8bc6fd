// Runs a program on this machine with the package zx, and turns its failure into a message.
import { LabError } from './lab-error.ts'

type Piece = string | number | readonly string[]

type Run = (strings: TemplateStringsArray, ...values: readonly Piece[]) => Promise<string>

/**
 * Gives the program's standard output; its input is empty. Arguments are quoted by zx, a list becomes several
 * arguments.
 *
 * @throws LabError with the command, its exit status and the last lines that it wrote.
 * @example await local`ip -json address show`
 */
export const local: Run = (strings, ...values) => localFed('')(strings, ...values)

/** The same with this text as standard input. @example await localFed(script)`sh -eu` */
export function localFed(input: string): Run {
  return async (strings, ...values) => {
    // zx costs 0.2 s to load, and `lab ssh` has no use for it.
    const { $ } = await import('zx')
    const output = await $({ input, quiet: true, nothrow: true, env: { ...process.env, LC_ALL: 'C.UTF-8' } })(
      strings,
      ...values,
    )
    if (output.exitCode === 0) return output.stdout
    const said = `${output.stdout}\n${output.stderr}`.trim().split('\n').slice(-15).join('\n  ')
    const command = strings.reduce((text, part, index) => `${text}${[values[index - 1] ?? ''].flat().join(' ')}${part}`)
    throw new LabError(
      `this program failed with exit status ${output.exitCode ?? output.signal}: ${command.trim()}\n  ${said}`,
    )
  }
}
