// The error of a value that cannot become safe shell text.
export class ShellTextError extends Error {
  override readonly name = 'ShellTextError'
}
