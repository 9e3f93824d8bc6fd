// What the lab cannot do, said to the person who asked: shown without a stack.

/** The message says what was wanted, what came and what to do. */
export class LabError extends Error {
  override readonly name = 'LabError'
}
