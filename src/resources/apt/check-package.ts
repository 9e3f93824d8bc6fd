// Refuses an invalid name or version of a Debian package.

/** Debian Policy 5.6.7 and 5.6.12; `name:arch` is allowed. */
export function checkPackage({
  name,
  version,
}: {
  readonly name: string
  readonly version?: string
}): string | undefined {
  if (!/^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9][a-z0-9-]*)?$/.test(name))
    return `${JSON.stringify(name)} is no name of a Debian package`
  if (version !== undefined && !/^[0-9A-Za-z][0-9A-Za-z.+:~-]*$/.test(version))
    return `${JSON.stringify(version)} is no Debian version`
  return undefined
}
