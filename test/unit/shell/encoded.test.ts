// Masking base64 and hex of a secret: wrapped in any way, in parts, line by line, in dumps; and in time that grows with
// the text.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { maskOf } from '../../../src/shell/mask.ts'
import { STARS } from '../../../src/shell/secret.ts'
import { clock } from '../../strangers/clock.ts'
import { suite } from '../../suite.ts'

const test = suite('masking what is encoded')

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const SECRETS: Readonly<Record<string, string>> = {
  'a password': 'hunter2-hunter2',
  'a short one': 'hunter2',
  'one of several lines': 'relay: mx\npassword: correct horse battery\n',
  'one that says the same again and again': 'ab'.repeat(40),
  'a key': String(KEY),
}
const ENCODINGS = {
  base64: (bytes: Buffer) => bytes.toString('base64'),
  base64url: (bytes: Buffer) => bytes.toString('base64url'),
  hex: (bytes: Buffer) => bytes.toString('hex'),
  HEX: (bytes: Buffer) => bytes.toString('hex').toUpperCase(),
} as const
const WIDTHS = [1, 2, 5, 16, 60, 64, 77, 100_000]
const LINE_ENDS = ['\n', '\r\n', '\n    ', ' ', String.raw`\n`, String.raw`\r\n`, String.raw`\\n`]

const wrapped = (text: string, width: number, lineEnd: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd)
/** Without stars, blanks and line feeds, however they are written. */
const left = (masked: string): string =>
  masked
    .replaceAll(STARS, '')
    .replace(/\\+[rn]/g, '')
    .replace(/[\s=]/g, '')

for (const [what, secret] of Object.entries(SECRETS)) {
  const mask = maskOf([secret])

  test(`${what} is hidden in base64 and hex, wherever lines end and whatever stands beside it`, () => {
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      for (const [before, after] of [
        ['', ''],
        ['u', ''],
        ['us', 'x'],
        ['use', 'xy'],
      ] as const) {
        // At both ends a letter or two that the neighbours share may be left, beside their own.
        const own = encode(Buffer.from(before + after)).replace(/=+$/, '').length + 4
        for (const width of WIDTHS) {
          for (const lineEnd of LINE_ENDS) {
            const text = wrapped(encode(Buffer.from(before + secret + after)), width, lineEnd)
            const masked = mask(`said: ${text}\nend.`)
            const rest = left(masked.slice('said: '.length, -'\nend.'.length))
            assert.ok(masked.includes(STARS), `${encoding}, ${width}, ${JSON.stringify(lineEnd)}: ${masked}`)
            assert.ok(rest.length <= own, `${encoding}, ${width}, ${JSON.stringify(lineEnd)}: ${rest}`)
            assert.match(masked, /^said: [^]*\nend\.$/)
          }
        }
      }
    }
  })
}

test('a part of it is hidden, and each line by itself', () => {
  const mask = maskOf([SECRETS['a key']!])
  const encoded = Buffer.from(`${SECRETS['a key']}\n`)
  for (const width of [6, 16, 64, 76])
    for (const line of wrapped(encoded.toString('base64'), width, '\n').split('\n').slice(0, -2))
      assert.is(mask(`${line}\r`), `${STARS}\r`)
  for (const width of [8, 16, 60])
    for (const line of wrapped(encoded.toString('hex'), width, '\n').split('\n').slice(0, -2))
      assert.is(mask(line), STARS)
  const cut = wrapped(encoded.toString('base64').slice(101, 900), 64, '\n')
  assert.is(mask(`… ${cut} …`), `… ${STARS} …`)
})

test('what hosts have to encode with writes nothing that is not found', () => {
  for (const secret of [SECRETS['a password']!, SECRETS['a key']!]) {
    for (const [program, ...args] of [
      ['base64'],
      ['base64', '-w', '10'],
      ['openssl', 'base64'],
      ['od', '-A', 'x', '-t', 'x1'],
      ['od', '-A', 'n', '-t', 'x1', '-v'],
      ['od', '-t', 'x1z'],
      ['xxd', '-p'],
      ['xxd'],
      ['xxd', '-i'],
      ['hexdump', '-C'],
    ] as const) {
      const { status, stdout } = spawnSync(program, args, { input: secret, encoding: 'utf8' })
      if (status !== 0) continue
      const masked = maskOf([secret])(stdout)
      assert.ok(masked.includes(STARS), `${program} ${args.join(' ')}: ${masked}`)
      const bytes = masked.replace(/^[0-9a-f]{7,8}\b.{0,1}|unsigned .*$/gm, '').match(/\b[0-9a-f]{2}\b/gi) ?? []
      assert.ok(bytes.length < 4, `${program} ${args.join(' ')}: ${masked}`)
    }
  }
})

/** As xxd, hexdump -C and od -t x1z write it, the last one with and without addresses. */
const dumps = {
  xxd: (bytes: Buffer, address: string, text: string) =>
    `${address}: ${bytes.toString('hex').replace(/.{4}/g, '$& ').padEnd(40)} ${text}`,
  hexdump: (bytes: Buffer, address: string, text: string) =>
    `${address}  ${bytes
      .toString('hex')
      .replace(/../g, '$& ')
      .replace(/^.{24}/, '$& ')
      .padEnd(50)}|${text}|`,
  od: (bytes: Buffer, address: string, text: string) => `${address.slice(1)}${odBytes(bytes)}  >${text}<`,
  'od -A n': (bytes: Buffer, _: string, text: string) => `${odBytes(bytes)}  >${text}<`,
}
const odBytes = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, ' $&').padEnd(48)

test('in a dump its bytes are hidden, and the characters beside them', () => {
  for (const [name, line] of Object.entries(dumps)) {
    for (const secret of [SECRETS['a password']!, SECRETS['a key']!, SECRETS['one of several lines']!]) {
      for (const before of ['', 'x', 'user: ops, password: ']) {
        const bytes = Buffer.from(`${before}${secret} and what comes then`)
        const lines = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) => {
          const part = bytes.subarray(16 * index, 16 * index + 16)
          const shown = part.toString('latin1').replace(/[^ -~]/g, '.')
          return line(part, (16 * index).toString(16).padStart(8, '0'), shown)
        })
        const masked = maskOf([secret])(lines.join('\n'))
        assert.ok(masked.includes(STARS), `${name}: ${masked}`)
        const bare = masked.replace(/^[0-9a-f]{7,8}:? +|[ |>]+[^|\n]*[|<]?$/gm, '')
        for (let at = 0; at + 8 <= secret.length; at += 1) {
          assert.not.ok(bare.replace(/\s/g, '').includes(Buffer.from(secret.slice(at, at + 8)).toString('hex')), masked)
          assert.not.ok(masked.includes(secret.slice(at, at + 8)), `${name}: ${masked}`)
        }
      }
    }
  }
})

test('what is no secret stays as it is', () => {
  const mask = maskOf([SECRETS['a key']!, 'hunter2', '1234', 'a b c d'])
  for (const text of [
    'Reading package lists... Done\nBuilding dependency tree\n0 upgraded, 0 newly installed',
    '31 32 33 34\n30 31 32 33 34 35 36\n',
    'C:\\new\\readme.txt\n0xdeadbeef deadbeef 00000010: 6875 6e74\n',
    Buffer.from('nothing of that kind, for sure').toString('base64'),
    `${'='.repeat(80)}\n${'-'.repeat(80)}\n`,
    'name data true done base file',
  ])
    assert.is(mask(text), text)
})

test('the time grows with the text, whatever it says', () => {
  const secrets = Object.values(SECRETS)
  const mask = maskOf([...secrets, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', ' '.repeat(2000)])
  const encoded = Buffer.from(SECRETS['a key']!).toString('base64')
  const shapes = ['A', 'a', '\\', '\\n', ' ', '\r\n', '=', '0x', '\\x', '61 ', 'YWFh', 'a b', '20', '0000000 61\n', '|']
  for (const shape of [
    ...shapes,
    `${encoded.slice(50, 64)} .`,
    `${encoded}\n`,
    encoded.slice(0, 8),
    '00000000: 61  ',
  ]) {
    const took = [1 << 17, 1 << 18, 1 << 19].map((size) => {
      const text = shape.repeat(Math.ceil(size / shape.length))
      return Math.min(
        ...[1, 2, 3].map(() => {
          const taken = clock()
          mask(text)
          return taken()
        }),
      )
    })
    assert.ok(took[2]! < 2000 && took[2]! < 200 + 6 * took[1]!, `${JSON.stringify(shape)}: ${took.join(', ')} ms`)
  }
})

test.run()
