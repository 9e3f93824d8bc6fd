// A shell that runs as a child process: a local shell, or the system's ssh.
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { ShellProcess } from './shell-stream.ts'

const LAST_WORDS_MILLISECONDS = 300

/** @param how - what to say of its end. */
export function childShell(
  child: ChildProcessWithoutNullStreams,
  how: (code: number | null, signal: string | null) => string,
): ShellProcess {
  let ended: string | undefined
  const listeners: ((how: string) => void)[] = []
  const end = (code: number | null, signal: string | null): void => {
    if (ended !== undefined) return
    ended = how(code, signal)
    for (const listener of listeners) listener(ended)
  }
  child.on('close', end)
  // What it said last is still to be read; but what it started may hold its outputs open.
  child.on('exit', (code, signal) => setTimeout(() => end(code, signal), LAST_WORDS_MILLISECONDS).unref())
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    onEnd: (listener) => (ended === undefined ? void listeners.push(listener) : listener(ended)),
  }
}

/**
 * Ends it with all that it started (a ProxyCommand would outlive it), where it leads a session of its own. A master of
 * ssh that stays (ControlPersist) is in another one.
 */
export function endGroup(child: ChildProcessWithoutNullStreams): void {
  child.stdin.end()
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid)
  } catch {
    // It has ended by itself.
  }
}
