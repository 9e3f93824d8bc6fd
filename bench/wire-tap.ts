// Watches the network link to the hosts with tcpdump during a measurement: bytes in each direction, and round trips
// that follow each other.
import { spawn } from 'node:child_process'

export interface Packet {
  /** Seconds since 1970. */
  readonly at: number
  /** The address of the host. */
  readonly address: string
  readonly direction: 'to the host' | 'from the host'
  /** Bytes of payload. */
  readonly bytes: number
  readonly opens: boolean
}

/** The packets of every host's sshd while `run` runs. @throws Error if tcpdump does not start, or misses packets */
export async function listen(link: string, run: () => Promise<unknown>): Promise<readonly Packet[]> {
  const child = spawn('tcpdump', ['-i', link, '-nn', '-tt', '-l', '-s', '120', '-B', '16384', 'tcp port 22'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  let [output, said] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const listening = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/listening on/.test(said)) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`tcpdump ended: ${said}`)))
  })
  await listening
  let ended = Infinity
  try {
    await run()
    ended = Date.now() / 1000
    // The kernel delivers packets in blocks.
    await new Promise((resolve) => setTimeout(resolve, 1500))
  } finally {
    child.kill('SIGINT')
    await closed
  }
  const dropped = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? NaN)
  if (dropped !== 0) throw new Error(`tcpdump missed packets: ${said}`)
  return packetsOf(output).filter(({ at }) => at <= ended)
}

const LINE =
  /^(\d+\.\d+) IP (\d+\.\d+\.\d+\.\d+)\.(\d+) > (\d+\.\d+\.\d+\.\d+)\.(\d+): Flags \[([^\]]*)\].* length (\d+)/

/** Parses the lines of tcpdump. A pure function. */
export function packetsOf(text: string): readonly Packet[] {
  return text.split('\n').flatMap((line): readonly Packet[] => {
    const [, at, from, fromPort, to, , flags, bytes] = LINE.exec(line) ?? []
    if (at === undefined) return []
    const sent = fromPort !== '22'
    return [
      {
        at: Number(at),
        address: (sent ? to : from)!,
        direction: sent ? 'to the host' : 'from the host',
        bytes: Number(bytes),
        opens: flags!.includes('S'),
      },
    ]
  })
}

/**
 * Counts round trips that follow each other. A packet is sent, and a packet that arrives a round-trip time later (or
 * after that) is the answer. The next packet that is sent begins the next round trip. TCP's own handshake counts, too.
 */
export function roundTrips(packets: readonly Packet[], rttSeconds: number): number {
  // The wire's delay is not exact to the millisecond.
  const least = rttSeconds * 0.95
  let [trips, sent] = [0, undefined as number | undefined]
  for (const { at, direction, bytes, opens } of packets) {
    if (bytes === 0 && !opens) continue
    if (direction === 'to the host') sent ??= at
    else if (sent !== undefined && at - sent >= least) [trips, sent] = [trips + 1, undefined]
  }
  return trips
}
