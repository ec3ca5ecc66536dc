/** URLs that lead to this machine in every spelling that somebody might try, for property tests. */
import fc from "fast-check";

/** `isPlain`: nothing but the spelling of its host is unusual, so that a client would connect to it. */
export type LocalUrl = { text: string; isPlain: boolean };

type Bytes = readonly number[];

/** IPv6 ranges that carry an IPv4 address, around its four bytes. */
const CARRIERS: readonly ((ipv4: Bytes) => Bytes)[] = [
  (ipv4) => [...zeros(12), ...ipv4],
  (ipv4) => [...zeros(10), 0xff, 0xff, ...ipv4],
  (ipv4) => [...zeros(8), 0xff, 0xff, 0, 0, ...ipv4],
  (ipv4) => [...zeros(8), 0, 0, 0x5e, 0xfe, ...ipv4],
  (ipv4) => [0x2a, 0, 0x14, 0x50, ...zeros(4), 2, 0, 0x5e, 0xfe, ...ipv4],
  (ipv4) => [0, 0x64, 0xff, 0x9b, ...zeros(8), ...ipv4],
  (ipv4) => [0, 0x64, 0xff, 0x9b, 0, 1, ...zeros(6), ...ipv4],
  (ipv4) => [0x20, 2, ...ipv4, ...zeros(10)],
  (ipv4) => [0x20, 1, 0, 0, ...ipv4, ...zeros(8)],
];
const LOCALHOST = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "ｌｏｃａｌｈｏｓｔ",
  "loc%61lhost",
  "localhoſt",
];

const byte = fc.nat(255);
const localIpv4: fc.Arbitrary<Bytes> = fc.oneof(
  fc.constant([127, 0, 0, 1]),
  fc.tuple(fc.constant(127), byte, byte, byte),
  fc.constant([0, 0, 0, 0]),
  fc.tuple(fc.constant(0), byte, byte, byte),
);
const localIpv6: fc.Arbitrary<Bytes> = fc.oneof(
  fc.constant([...zeros(15), 1]),
  fc.constant(zeros(16)),
  fc.tuple(localIpv4, fc.constantFrom(...CARRIERS)).map(([ipv4, carry]) => carry(ipv4)),
);

/** A number as part of an IPv4 address: decimal, octal or hexadecimal. */
const spelledNumber = (value: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(String(value)),
    fc.constantFrom("0x", "0X", "0x000").map((prefix) => prefix + value.toString(16)),
    fc.constantFrom("0", "000").map((prefix) => prefix + value.toString(8)),
  );

/** One to four numbers, of which the last stands for all bytes that are left. */
const spelledIpv4 = (bytes: Bytes): fc.Arbitrary<string> =>
  fc
    .nat(3)
    .chain((dots) => {
      const last = bytes.slice(dots).reduce((value, next) => value * 256 + next, 0);
      return fc.tuple(...[...bytes.slice(0, dots), last].map(spelledNumber));
    })
    .chain((numbers) => fc.constantFrom(".", "。", "．", "｡").map((dot) => numbers.join(dot)))
    .chain((text) => fc.constantFrom(text, `${text}.`, fullWidth(text), percentEncoded(text)));

/** In full, with all its zeros or without, in the short form, or with the last four bytes in decimal. */
const spelledIpv6 = (bytes: Bytes): fc.Arbitrary<string> => {
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0));
  const texts = groups.map((group) => group.toString(16));
  const full = texts.join(":");
  const padded = texts.map((text) => text.padStart(4, "0")).join(":");
  const short = new URL(`http://[${full}]/`).hostname.slice(1, -1);
  const tail = bytes.slice(12).join(".");
  const dotted = [...texts.slice(0, 6), tail].join(":").replace(/^0:0:0:0:0:0:/, "::");
  return fc
    .constantFrom(full, padded, short, dotted)
    .chain((text) => fc.constantFrom(`[${text}]`, `[${text.toUpperCase()}]`));
};

const host = fc.oneof(localIpv4.chain(spelledIpv4), localIpv6.chain(spelledIpv6), fc.constantFrom(...LOCALHOST));

/** Around the host what a parser may read in another way than a person. */
const DRESSINGS: readonly ((scheme: string, authority: string) => string)[] = [
  (scheme, authority) => `${scheme}://good.example@${authority}/`,
  (scheme, authority) => `${scheme}://good.example:443@${authority}/`,
  (scheme, authority) => `${scheme}://good.example\\@${authority}/`,
  (scheme, authority) => `${scheme}:\\\\${authority}/`,
  (scheme, authority) => `${scheme}:${authority}/`,
  (scheme, authority) => `${scheme}:/${authority}/`,
  (scheme, authority) => `${scheme}:///${authority}/`,
  (scheme, authority) => `${scheme}://${authority.slice(0, 1)}\t${authority.slice(1)}/`,
  (scheme, authority) => ` ${scheme}://${authority}/\n`,
  (scheme, authority) => `${scheme}://${authority}/#@good.example`,
];

/** URLs of this machine at `port`. */
export function localUrls(port: number): fc.Arbitrary<LocalUrl> {
  const authority = fc
    .tuple(host, fc.constantFrom(String(port), `0${port}`))
    .map(([name, spelledPort]) => `${name}:${spelledPort}`);
  return fc
    .tuple(fc.constantFrom("http", "https", "HTTP", "hTTps"), authority, fc.constantFrom("/", "/hook?a=b", "", "/@a"))
    .chain(([scheme, at, path]) =>
      fc.oneof(
        { weight: 3, arbitrary: fc.constant({ text: `${scheme}://${at}${path}`, isPlain: true }) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(...DRESSINGS).map((dress) => ({ text: dress(scheme, at), isPlain: false })),
        },
      ),
    );
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function fullWidth(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}

function percentEncoded(text: string): string {
  return text.replace(/[0-9]/g, (digit) => `%3${digit}`);
}
