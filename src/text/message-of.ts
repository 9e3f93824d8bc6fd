// The message of whatever was thrown.

/** What is no Error is text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
