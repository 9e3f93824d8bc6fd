// The program that ssh runs to ask for a password (SSH_ASKPASS of ssh(1)). It sends the question over a socket to the
// mailrun that started ssh, and prints the answer.
import { connect } from 'node:net'
import type { Untrusted } from '../../shell/untrusted.ts'

const { MAILRUN_ASKPASS_SOCKET: path = '', MAILRUN_ASKPASS_TOKEN: token = '' } = process.env
const socket = connect(path)
let answer = ''
socket.on('connect', () => socket.write(`${JSON.stringify({ token, question: process.argv[2] ?? '' })}\n`))
socket.on('data', (chunk: Untrusted<Buffer>) => (answer += chunk.toString()))
socket.on('error', () => process.exit(1))
socket.on('end', () => {
  // One line, or nothing where nobody answers.
  if (answer === '') process.exit(1)
  process.stdout.write(answer, () => process.exit(0))
})
