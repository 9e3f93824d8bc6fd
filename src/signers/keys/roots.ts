// Owner and mode of DKIM keys that belong to root, and of their directories. The signer reads them through its group.

export interface Owned {
  readonly owner: string
  readonly group: string
  /** Four octal digits. */
  readonly mode: string
}

export const rootsKey = (group: string) => ({ owner: 'root', group, mode: '0640' }) as const
export const rootsDirectory = (group: string) => ({ owner: 'root', group, mode: '0750' }) as const
