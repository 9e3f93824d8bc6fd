// An error of the lab with a message for the person who called it. It is shown without a stack trace.

/** The message says what was wanted, what came and what to do. */
export class LabError extends Error {
  override readonly name = 'LabError'
}
