// Prints the progress of the lab, one line each, to standard error. Standard output is for answers.

export function say(line: string): void {
  process.stderr.write(`lab: ${line}\n`)
}
