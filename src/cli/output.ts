// Standard output and error that survive their reader: a closed pipe ends the printing, not the run.

let gone = false

/** To be called once, before anything is printed. */
export function guardOutput(): void {
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED') gone = true
    else throw error
  }
  process.stdout.on('error', onError)
  process.stderr.on('error', () => {})
}

export const stdout = {
  write(text: string): void {
    if (!gone && text !== '') process.stdout.write(text)
  },
  get columns(): number {
    return process.stdout.columns || 80
  },
  get rows(): number {
    return process.stdout.rows || 24
  },
}

export const stderr = {
  write(text: string): void {
    process.stderr.write(text)
  },
  get columns(): number {
    return process.stderr.columns || 80
  },
  get rows(): number {
    return process.stderr.rows || 24
  },
}

/** Resolves once all that was printed has left the process. */
export function flushed(): Promise<void> {
  const drained = (stream: NodeJS.WriteStream): Promise<void> =>
    new Promise((resolve) => {
      if (stream.writableLength === 0 || stream.destroyed || gone) resolve()
      else stream.write('', () => resolve())
    })
  return Promise.all([drained(process.stdout), drained(process.stderr)]).then(() => undefined)
}
