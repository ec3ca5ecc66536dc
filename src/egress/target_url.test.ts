import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { localUrls } from "../../test/egress/local_urls.ts";
import type { AppEnv } from "../domain/values.ts";
import { APP_ENVS } from "../domain/values.ts";
import { URL_CHARS_MAX } from "../domain/webhook.ts";
import { EgressPolicy } from "./address_policy.ts";
import { parseCidrList } from "./ip_address.ts";
import { parsePortRanges } from "./port_ranges.ts";
import { targetOf, vetTargetUrl } from "./target_url.ts";

const production = new EgressPolicy({ allow: [], isDevelopment: false });
const development = new EgressPolicy({ allow: [], isDevelopment: true });

function hrefOf(text: string, policy = production, appEnv: AppEnv = "PRODUCTION"): string | null {
  const verdict = vetTargetUrl(text, { appEnv, policy });
  return verdict.kind === "ok" ? verdict.url.href : null;
}

describe("URLs that are accepted, with what gets stored", () => {
  for (const [text, href] of [
    ["https://example.com", "https://example.com/"],
    ["HTTPS://EXAMPLE.com:443/A?b=c", "https://example.com/A?b=c"],
    ["https://example.com:8443/", "https://example.com:8443/"],
    ["https://example.com:1024/", "https://example.com:1024/"],
    ["https://example.com:80/", "https://example.com:80/"],
    ["https://example.com./", "https://example.com./"],
    ["https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"],
    ["https://93.184.216.34/", "https://93.184.216.34/"],
    ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
    ["https://1572395042/", "https://93.184.216.34/"],
    ["https://example.com/@a", "https://example.com/@a"],
  ] as const) {
    test(text, () => assert.equal(hrefOf(text), href));
  }
});

describe("URLs that are refused in production", () => {
  for (const text of [
    "",
    "example.com",
    "//example.com/",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "https://",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://@example.com/",
    "https://:@example.com/",
    "https://good.example@127.0.0.1/",
    "https://example.com/#",
    "https://example.com/#fragment",
    "https://good.example#@127.0.0.1/",
    "https://good.example\\@127.0.0.1/",
    "https://example.com\\a",
    "https://exa\tmple.com/",
    "https://exa\nmple.com/",
    " https://example.com/",
    "https://example.com/ ",
    "https://example.com/a b",
    "https://example.com/\u0000",
    "https://example.com/\u007f",
    "https://[example.com]/",
    "https://[::1%25eth0]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://a.localhost/",
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://１２７.0.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://168.63.129.16/",
    "https://metadata.google.internal/",
    "https://metadata.google.internal../",
    "https://example..com/",
    "https://.example.com/",
    `https://${"a".repeat(64)}.example.com/`,
    "https://intranet/",
    "https://postgres./",
    "https://printer.local/",
    "https://wiki.corp/",
    "https://LOCAL/",
    "https://service.namespace.svc.cluster.local/",
    "https://router.home.arpa/",
    "https://METADATA.google.internal./",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://example.com:0/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:1023/",
    "https://example.com:65536/",
    ...[1099, 1720, 2375, 2379, 3306, 5060, 5432, 6379, 8009, 9200, 11211, 27017, 61616].map(
      (port) => `https://example.com:${port}/`,
    ),
  ]) {
    test(JSON.stringify(text), () => {
      const verdict = vetTargetUrl(text, { appEnv: "DEVELOPMENT", policy: production });
      assert.equal(verdict.kind, "refused");
      assert.ok(verdict.kind === "refused" && verdict.reason.length > 10);
    });
  }
});

test("a URL may have 2,048 characters, as given and as stored, and not one more", () => {
  const base = "https://example.com/";
  const longest = base + "a".repeat(URL_CHARS_MAX - base.length);

  assert.equal(hrefOf(longest), longest);
  assert.equal(hrefOf(`${longest}a`), null);
  assert.equal(hrefOf(base + "ü".repeat(URL_CHARS_MAX - base.length)), null);
});

test("in production plain http is refused for PRODUCTION environments only", () => {
  for (const appEnv of APP_ENVS) {
    assert.equal(hrefOf("http://example.com/", production, appEnv) === null, appEnv === "PRODUCTION", appEnv);
    assert.ok(hrefOf("http://example.com/", development, appEnv) !== null, appEnv);
  }
});

test("development mode permits this machine and every port from 1024 on", () => {
  for (const text of [
    "http://localhost:3000/",
    "http://a.localhost:3000/",
    "http://127.0.0.1:6379/",
    "http://[::1]:2375/",
    "http://example.com:5432/",
  ]) {
    assert.equal(hrefOf(text, development), text);
  }
  for (const text of [
    "http://localhost:22/",
    "http://localhost:0/",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://0/",
  ]) {
    assert.equal(hrefOf(text, development), null, text);
  }
});

test("the allow list permits literals, and localhost where it names loopback", () => {
  const policy = new EgressPolicy({ allow: parseCidrList("10.0.0.0/8,127.0.0.1").cidrs, isDevelopment: false });

  assert.ok(hrefOf("https://10.1.2.3/", policy) !== null);
  assert.ok(hrefOf("https://localhost/", policy) !== null);
  assert.equal(hrefOf("https://192.168.0.1/", policy), null);
});

test("ports that the operator names take the place of the rule, and the refusal tells them", () => {
  const ports = parsePortRanges("443,5432,9000-9001");
  const policy = new EgressPolicy({ allow: [], isDevelopment: false, ports });
  for (const text of ["https://a.example/", "https://a.example:5432/", "https://a.example:9001/"]) {
    assert.equal(hrefOf(text, policy), text);
  }
  for (const text of [
    "http://a.example/",
    "https://a.example:8443/",
    "https://a.example:9002/",
    "https://a.example:0/",
  ]) {
    const verdict = vetTargetUrl(text, { appEnv: "TEST", policy });
    assert.match(verdict.kind === "refused" ? verdict.reason : "", /Use 443, 5432, 9000 to 9001\.$/, text);
  }
});

test("names that only a private network can have are refused unless receivers there are expected", () => {
  const allowing = new EgressPolicy({ allow: parseCidrList("10.0.0.0/8").cidrs, isDevelopment: false });

  for (const text of ["https://intranet/", "https://wiki.corp/", "https://a.internal/"]) {
    assert.equal(hrefOf(text), null, text);
    assert.equal(hrefOf(text, allowing), text);
    assert.equal(hrefOf(text, development), text);
  }
  for (const text of ["https://local.example/", "https://corp.example/", "https://notlocal.example/"]) {
    assert.equal(hrefOf(text), text);
  }
});

test("a part of a host name may have 63 characters", () => {
  assert.ok(hrefOf(`https://${"a".repeat(63)}.example.com/`) !== null);
});

test("no URL of this machine is accepted in production, however it is spelled", () => {
  fc.assert(
    fc.property(localUrls(8080), fc.constantFrom(...APP_ENVS), ({ text, isPlain }, appEnv) => {
      assert.ok(!isPlain || URL.canParse(text), `a client would connect to ${text}`);
      assert.equal(vetTargetUrl(text, { appEnv, policy: production }).kind, "refused", text);
    }),
    { numRuns: 20_000 },
  );
});

test("a reason never repeats the credentials of the URL", () => {
  const verdict = vetTargetUrl("https://user:hunter2@example.com/", { appEnv: "TEST", policy: production });

  assert.ok(verdict.kind === "refused" && !verdict.reason.includes("hunter2"));
});

test("a target is where a connection goes: no brackets, no final dot, a port always", () => {
  const at = (href: string): unknown => {
    const { hostname, isLiteral, port, isTls, hostHeader, path } = targetOf(new URL(href));
    return [hostname, isLiteral, port, isTls, hostHeader, path];
  };

  assert.deepEqual(at("https://Example.com./a?b"), ["example.com", false, 443, true, "example.com.", "/a?b"]);
  assert.deepEqual(at("http://[2606:4700::1]:8080/"), ["2606:4700::1", true, 8080, false, "[2606:4700::1]:8080", "/"]);
  assert.deepEqual(at("http://1.2.3.4"), ["1.2.3.4", true, 80, false, "1.2.3.4", "/"]);
});

test("a refusal tells whether the URL itself is at fault, or where its host leads", () => {
  const partOf = (text: string): string => {
    const verdict = vetTargetUrl(text, { appEnv: "PRODUCTION", policy: production });
    return verdict.kind === "refused" ? verdict.part : verdict.kind;
  };
  for (const text of ["x", "https://a b/", "http://example.com/", "https://example.com:22/", "https:///"]) {
    assert.equal(partOf(text), "url", text);
  }
  for (const text of ["https://10.0.0.1/", "https://localhost/", "https://[::1]:22/", "https://metadata.goog/"]) {
    assert.equal(partOf(text), "address", text);
  }
  assert.equal(partOf("https://example.com/"), "ok");
});
