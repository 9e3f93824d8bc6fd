// Refuses a validation command that does not name the file to check.

/** What is wrong with a validation command, or `undefined`. */
export function checkValidate(validate: readonly string[] | undefined): string | undefined {
  if (validate === undefined) return undefined
  return validate.some((word) => word.includes('%s'))
    ? undefined
    : `validate must name the new file by %s, got ${JSON.stringify(validate)}`
}
