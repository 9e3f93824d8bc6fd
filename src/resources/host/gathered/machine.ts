// Facts about a host's machine: processors, memory, disks.
import type { Disk, Memory } from '../../../core/gathered-facts.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { namedFact } from './named-fact.ts'

export const processors = namedFact('processors', 'how many processors can be used', 'nproc', (text) =>
  /^\d{1,6}$/.test(text) ? Number(text) : undefined,
)

export const memory = namedFact(
  'memory',
  'bytes of memory: `total`, `available`; of swap: `swapTotal`, `swapFree`',
  "grep -E '^(MemTotal|MemAvailable|SwapTotal|SwapFree):' /proc/meminfo",
  readMemory,
)

function readMemory(text: Untrusted): Memory | undefined {
  const sizes = new Map(
    [...text.matchAll(/^(\w{1,20}): {1,30}(\d{1,12}) kB$/gm)].map(([, name, kB]) => [name, Number(kB) * 1024]),
  )
  const [total, available] = [sizes.get('MemTotal'), sizes.get('MemAvailable')]
  if (total === undefined || available === undefined) return undefined
  return { total, available, swapTotal: sizes.get('SwapTotal') ?? 0, swapFree: sizes.get('SwapFree') ?? 0 }
}

/** Only local ones: a file server that is gone holds nobody up. No file system in memory. */
export const disks = namedFact(
  'disks',
  'file systems of its own disks: `mount`, `device`, `type`, bytes of `size` and `available`',
  'df -lPT -B1 -x tmpfs -x devtmpfs -x efivarfs -x squashfs | head -n 200',
  readDisks,
)

const ROW = /^(\S{1,500}) {1,80}(\S{1,50}) {1,40}(\d{1,20}) {1,40}\d{1,20} {1,40}(\d{1,20}) {1,40}\S{1,10} (\/\P{Cc}*)$/u

function readDisks(text: Untrusted): readonly Disk[] | undefined {
  const [head, ...rows] = text.split('\n')
  if (!head?.startsWith('Filesystem')) return undefined
  return rows.flatMap((row) => {
    const [, device, type, size, available, mount] = ROW.exec(row.slice(0, 2000)) ?? []
    return mount === undefined
      ? []
      : [{ mount, device: device!, type: type!, size: Number(size), available: Number(available) }]
  })
}
