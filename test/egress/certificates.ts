/** X.509 certificates made on the spot, so that no key is ever committed: Node signs, but does not make certificates. */
import type { KeyObject } from "node:crypto";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";

/** A certificate with its private key, PEM. */
export type CertifiedKey = { cert: string; key: string; name: string; privateKey: KeyObject };

export type CertificateOptions = {
  commonName: string;
  /** Names and IPv4 addresses that it is for. */
  dnsNames?: readonly string[];
  ipv4Addresses?: readonly string[];
  /** Self-signed without one. */
  issuer?: CertifiedKey;
  isAuthority?: boolean;
  /** Default: from yesterday to tomorrow. */
  notBefore?: Date;
  notAfter?: Date;
};

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const ALT_NAMES = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
let serial = 1;

/** A new P-256 key and its certificate. */
export function makeCertificate(options: CertificateOptions): CertifiedKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(ECDSA_SHA256));
  const tbs = sequence(
    tagged(0xa0, integer(2)),
    integer(serial++),
    algorithm,
    nameOf(options.issuer?.name ?? options.commonName),
    sequence(
      utcTime(options.notBefore ?? new Date(Date.now() - DAY_MS)),
      utcTime(options.notAfter ?? new Date(Date.now() + DAY_MS)),
    ),
    nameOf(options.commonName),
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions(options))),
  );
  const signature = sign("sha256", tbs, options.issuer?.privateKey ?? privateKey);
  const der = sequence(tbs, algorithm, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    name: options.commonName,
    privateKey,
  };
}

function extensions(options: CertificateOptions): Buffer[] {
  const names = [
    ...(options.dnsNames ?? []).map((name) => tagged(0x82, Buffer.from(name))),
    ...(options.ipv4Addresses ?? []).map((address) => tagged(0x87, Buffer.from(address.split(".").map(Number)))),
  ];
  const constraints = sequence(...(options.isAuthority === true ? [tagged(0x01, Buffer.of(0xff))] : []));
  return [
    sequence(oid(BASIC_CONSTRAINTS), tagged(0x01, Buffer.of(0xff)), tagged(0x04, constraints)),
    ...(names.length === 0 ? [] : [sequence(oid(ALT_NAMES), tagged(0x04, sequence(...names)))]),
  ];
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from(commonName)))));
}

function utcTime(at: Date): Buffer {
  return tagged(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.of(0, value >> 8, value & 0xff).subarray(value < 128 ? 2 : value < 32_768 ? 1 : 0));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
