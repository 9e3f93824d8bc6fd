// Progress of the lab: one line each on standard error, so that standard output stays for answers.

export function say(line: string): void {
  process.stderr.write(`lab: ${line}\n`)
}
