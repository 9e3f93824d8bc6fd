// Which accounts are worth asking for.

/** Root is always there, and a number needs no account. */
export const askable = (account: string | undefined): account is string => account !== undefined && account !== 'root' && !/^\d+$/.test(account)
