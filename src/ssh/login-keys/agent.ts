// Asks an SSH agent which keys it holds (draft-ietf-sshm-ssh-agent). The package ssh2 leaves out the keys that it
// cannot use, but mailrun must know them.
import { connect } from 'node:net'
import { statedType } from './public-key.ts'
import { wireReader } from './wire.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface AgentKey {
  /** As the wire carries it. */
  readonly publicKey: Buffer
  readonly type: string
}

const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12
const AGENT_MILLISECONDS = 2000

const asked = new Map<string, Promise<readonly AgentKey[] | undefined>>()

/** Asked once in a run; `undefined`: nobody answers. A dead agent is as good as none, as OpenSSH has it. */
export function agentKeys(path: string): Promise<readonly AgentKey[] | undefined> {
  const known = asked.get(path) ?? ask(path)
  asked.set(path, known)
  return known
}

function ask(path: string): Promise<readonly AgentKey[] | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let received = Buffer.alloc(0)
    const end = (keys: readonly AgentKey[] | undefined): void => {
      socket.destroy()
      resolve(keys)
    }
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])))
    socket.on('data', (chunk: Untrusted<Buffer>) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) end(parse(received.subarray(4)))
    })
    socket.once('error', () => end(undefined))
    socket.once('close', () => end(undefined))
    socket.setTimeout(AGENT_MILLISECONDS, () => end(undefined))
  })
}

function parse(answer: Untrusted<Buffer>): readonly AgentKey[] | undefined {
  if (answer[0] !== IDENTITIES_ANSWER) return undefined
  try {
    const reader = wireReader(answer.subarray(1))
    return Array.from({ length: reader.uint32() }, () => {
      const publicKey = reader.string()
      // Its comment.
      reader.string()
      return { publicKey, type: statedType(publicKey) }
    })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
