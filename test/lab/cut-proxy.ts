// A TCP proxy before a host's sshd, that cuts connections after so many bytes, or when asked to.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Cut {
  /** `up`: what the controller sent; `down`: what the host sent. */
  readonly direction: 'up' | 'down'
  readonly afterBytes: number
  /** The first connection alone, or each. */
  readonly connections: 'first' | 'all'
}

export interface CutProxy {
  readonly port: number
  /** From now on, connections count again. */
  arm(cut: Cut | undefined): void
  /** Of all connections since it was armed. */
  readonly passed: { readonly up: number; readonly down: number }
  readonly connections: number
  /** Cuts whatever stands now, as a firewall does that forgot it. */
  cutNow(): void
  close(): Promise<void>
}

/** @param target - the host's address; its port is 22. */
export function cutProxy(target: string): Promise<CutProxy> {
  let armed: Cut | undefined
  let connections = 0
  let passed = { up: 0, down: 0 }
  const open = new Set<() => void>()
  const server = createServer((near) => {
    connections += 1
    const cut = armed?.connections === 'first' && connections > 1 ? undefined : armed
    const far = connect({ host: target, port: 22, noDelay: true })
    near.setNoDelay(true)
    const end = (): void => {
      open.delete(end)
      // A reset, on both sides.
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
    open.add(end)
    const carry = (from: Socket, to: Socket, direction: Cut['direction']): void => {
      let bytes = 0
      from.on('data', (chunk: Buffer) => {
        const left = cut?.direction === direction ? cut.afterBytes - bytes : Infinity
        const part = chunk.subarray(0, Math.max(0, left))
        bytes += part.length
        passed[direction] += part.length
        if (part.length > 0) to.write(part)
        // What was let through is to arrive.
        if (left <= chunk.length) setTimeout(end, 20)
      })
      from.on('end', () => to.end())
      from.on('error', end)
      from.on('close', () => open.delete(end))
    }
    carry(near, far, 'up')
    carry(far, near, 'down')
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        arm(cut) {
          armed = cut
          connections = 0
          passed = { up: 0, down: 0 }
        },
        get passed() {
          return passed
        },
        get connections() {
          return connections
        },
        cutNow: () => open.forEach((end) => end()),
        close: () =>
          new Promise((closed) => {
            open.forEach((end) => end())
            server.close(() => closed())
          }),
      }),
    ),
  )
}
