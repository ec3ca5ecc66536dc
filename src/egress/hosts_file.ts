/** The addresses that /etc/hosts gives a name: the DNS library does not read it. Pure. */

/** The addresses of `hostname` (lower case) in the text of a hosts file, in its order. */
export function hostsFileAddresses(text: string, hostname: string): string[] {
  const addresses: string[] = [];
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address !== undefined && names.some((name) => name.toLowerCase() === hostname)) addresses.push(address);
  }
  return addresses;
}
