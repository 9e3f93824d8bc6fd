// Removes comments and indentation from a program, so that less is sent to hosts.

/** Comments and empty lines go, and the white space at both ends of a line. */
export const packed = (program: string): string =>
  program
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => `${line}\n`)
    .join('')
