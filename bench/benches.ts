// The list of all benchmarks, in the order in which they run and are on the page. To add one, write a file in
// bench/benches and a line here.
import type { Bench } from './bench.ts'
import { general } from './benches/general.ts'
import { latency } from './benches/latency.ts'
import { peers } from './benches/peers.ts'
import { scale } from './benches/scale.ts'
import { sshConfig } from './benches/ssh-config.ts'
import { startup } from './benches/startup.ts'
import { warm } from './benches/warm.ts'
import { wire } from './benches/wire.ts'

export const BENCHES: readonly Bench[] = [peers, general, warm, latency, wire, scale, startup, sshConfig]
