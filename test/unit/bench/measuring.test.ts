// How benches measure: turns that alternate, and what is read of the wire.
import * as assert from 'uvu/assert'
import { alternate, orderOf, type Contender } from '../../../bench/alternate.ts'
import { median } from '../../../bench/results.ts'
import { packetsOf, roundTrips } from '../../../bench/wire-tap.ts'
import { suite } from '../../suite.ts'

const test = suite('benches measure')

const contender = (who: string, turns: number, run: Contender['run'] = () => Promise.resolve({ s: 1 })): Contender => ({
  who,
  turns,
  run,
})

test('each makes its turns in every round, slow ones between the quick', () => {
  const all = [contender('quick', 3), contender('slow', 1), contender('other', 3)]
  for (const round of [0, 1, 2]) {
    const order = orderOf(all, round).map(({ who }) => who)
    assert.equal([...order].sort(), ['other', 'other', 'other', 'quick', 'quick', 'quick', 'slow'])
  }
  assert.is.not(orderOf(all, 0)[0]!.who, orderOf(all, 1)[0]!.who)
})

test('no round begins that would take longer than there is time, and one is always made', async () => {
  const slow = contender('slow', 1, async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return { s: 0.03, 'CPU s': 0.01 }
  })
  assert.equal(
    (await alternate('job', 4, [slow], { rounds: 9, seconds: 0.02 })).map(({ unit, values }) => [unit, values.length]),
    [
      ['s', 1],
      ['CPU s', 1],
    ],
  )
  assert.is((await alternate('job', 4, [slow], { rounds: 3, seconds: 60 }))[0]!.values.length, 3)
})

test('the median of two in the middle is their mean, and of none there is none', () => {
  assert.is(median([9, 1, 2, 4]), 3)
  assert.throws(() => median([]), /no median/)
})

test('round trips are answers that come a round trip after what was sent', () => {
  const line = (at: number, from: 'here' | 'host', flags: string, length: number): string => {
    const [here, host] = ['10.231.0.1.40000', '10.231.0.11.22']
    const [one, other] = from === 'here' ? [here, host] : [host, here]
    const options = 'options [nop,nop,TS val 1 ecr 2]'
    const rest = `seq 1:22, ack 1, win 502, ${options}, length ${length}`
    return `${at.toFixed(6)} IP ${one} > ${other}: Flags [${flags}], ${rest}`
  }
  const packets = packetsOf(
    [
      'tcpdump: a word that is no packet',
      line(0, 'here', 'S', 0),
      line(0.1, 'host', 'S.', 0),
      line(0.1, 'here', '.', 0),
      line(0.101, 'here', 'P.', 21),
      // Sent by itself, before it can have seen anything.
      line(0.11, 'host', 'P.', 40),
      line(0.111, 'here', 'P.', 600),
      line(0.202, 'host', 'P.', 500),
    ].join('\n'),
  )
  assert.is(
    packets.filter(({ direction }) => direction === 'to the host').reduce((sum, { bytes }) => sum + bytes, 0),
    621,
  )
  assert.equal([...new Set(packets.map(({ address }) => address))], ['10.231.0.11'])
  assert.is(roundTrips(packets, 0.1), 2)
})

test.run()
