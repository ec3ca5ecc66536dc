/**
 * Programs that receive and verify webhooks, in the languages people use: complete and ready to run, with this endpoint's
 * path, tenant and server, and never with a secret, which each reads from its environment.
 */

/** What the programs are filled with. */
export type SnippetFacts = {
  /** The webhook's URL, or null before there is one. */
  url: string | null;
  serverUrl: string;
  appId: string;
  appEnv: string;
  topic: string;
  action: string;
  /** Where the programs listen. */
  port: number;
};

/** One program. `install` is what has to be run before it, if anything; `file` what it is called. */
export type Snippet = { id: SnippetId; install: string | null; file: string; code: string };

/** The languages, in the order of their tabs. */
export const SNIPPET_IDS = ["node", "standardwebhooks", "python", "go", "php", "curl"] as const;
/** One of them. */
export type SnippetId = (typeof SNIPPET_IDS)[number];

/** The path of the guide, for webhooks whose own one means something else to a web framework. */
const PATH = "/api/ignisign-webhooks";
const PLAIN_PATH = /^\/[\w\-./~]*$/;

/** All programs for an endpoint. */
export function snippetsOf(facts: SnippetFacts): Snippet[] {
  const filled = { ...facts, path: pathOf(facts.url) };
  return [
    { id: "node", install: "npm install express @ignisign/node", file: "receiver.cjs", code: nodeCode(filled) },
    {
      id: "standardwebhooks",
      install: "npm install express standardwebhooks",
      file: "receiver.cjs",
      code: standardCode(filled),
    },
    { id: "python", install: null, file: "receiver.py", code: pythonCode(filled) },
    { id: "go", install: null, file: "receiver.go", code: goCode(filled) },
    { id: "php", install: null, file: "receiver.php", code: phpCode(filled) },
    { id: "curl", install: null, file: "send.sh", code: curlCode(filled) },
  ];
}

type Filled = SnippetFacts & { path: string };

function pathOf(url: string | null): string {
  const path = url !== null && URL.canParse(url) ? new URL(url).pathname : PATH;
  return PLAIN_PATH.test(path) ? path : PATH;
}

/** A text as a literal of JavaScript, Python and Go alike. */
function literal(text: string): string {
  return JSON.stringify(text);
}

function nodeCode({ appId, appEnv, serverUrl, path, topic, action, port }: Filled): string {
  return `// WEBHOOK_SECRET=whsec_… (or, for v1a, the public key whpk_…) IGNISIGN_API_KEY=skv2_… node receiver.cjs
const express = require("express");
const { IgnisignClient, verifySignature } = require("@ignisign/node");

const ignisign = new IgnisignClient({
  appId: ${literal(appId)},
  appEnv: ${literal(appEnv)},
  apiKey: process.env.IGNISIGN_API_KEY,
  serverUrl: ${literal(serverUrl)},
});

const app = express();
// The signature is over the bytes that came, so they are kept.
app.use(express.json({ limit: "1mb", verify: (req, res, raw) => (req.rawBody = raw) }));

app.post(${literal(path)}, async (req, res) => {
  try {
    const { headers, rawBody } = req;
    if (rawBody === undefined || !verifySignature({ secret: process.env.WEBHOOK_SECRET, headers, rawBody })) {
      return res.status(401).send("Invalid signature");
    }
    const { appId, appEnv, topic, action, content, verificationToken } = req.body;
    const isValid = await ignisign.tokens.checkConsumeWebhook({ token: verificationToken, appId, appEnv });
    if (!isValid) return res.status(401).send("Invalid token");

    // The same id comes again on a retry: keep it, and do things once.
    const id = headers["webhook-id"];
    if (topic === ${literal(topic)} && action === ${literal(action)}) {
      console.log(id, topic, action, content);
    }
    res.status(200).send("Webhook received");
  } catch (error) {
    console.error("Error processing webhook:", error);
    res.status(500).send("Error processing webhook"); // it is sent again
  }
});

app.listen(${port}, () => console.log("Listening on port ${port}"));
`;
}

function standardCode({ path, topic, action, port }: Filled): string {
  return `// WEBHOOK_SECRET=whsec_… node receiver.cjs
const express = require("express");
const { Webhook } = require("standardwebhooks");

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const app = express();

app.post(${literal(path)}, express.raw({ type: "application/json", limit: "1mb" }), (req, res) => {
  let payload;
  try {
    payload = webhook.verify(req.body, req.headers);
  } catch {
    return res.status(401).send("Invalid signature");
  }
  // The same id comes again on a retry: keep it, and do things once.
  const id = req.headers["webhook-id"];
  if (payload.topic === ${literal(topic)} && payload.action === ${literal(action)}) {
    console.log(id, payload.topic, payload.action, payload.content);
  }
  res.status(200).send("Webhook received");
});

app.listen(${port}, () => console.log("Listening on port ${port}"));
`;
}

function pythonCode({ path, topic, action, port }: Filled): string {
  return `# WEBHOOK_SECRET=whsec_… python3 receiver.py
import base64, hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE_SECONDS = 300


def is_signed(headers, body):
    """Whether the body was signed with the secret, a moment ago."""
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or "." in id or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    digest = hmac.new(KEY, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    given = headers.get("webhook-signature", "").encode().split(b" ")
    return any(hmac.compare_digest(signature, expected) for signature in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.split("?")[0] != ${literal(path)}:
            return self.answer(404)
        if not is_signed(self.headers, body):
            return self.answer(401)
        payload = json.loads(body)
        # The same id comes again on a retry: keep it, and do things once.
        if payload["topic"] == ${literal(topic)} and payload["action"] == ${literal(action)}:
            print(self.headers["webhook-id"], payload["topic"], payload["action"], payload["content"], flush=True)
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


ThreadingHTTPServer(("", ${port}), Receiver).serve_forever()
`;
}

function goCode({ path, topic, action, port }: Filled): string {
  return `// WEBHOOK_SECRET=whsec_… go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const toleranceSeconds = 300

// isSigned tells whether the body was signed with the key, a moment ago.
func isSigned(key []byte, header http.Header, body []byte) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || strings.Contains(id, ".") {
		return false
	}
	if math.Abs(float64(time.Now().Unix()-seconds)) > toleranceSeconds {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, given := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(given), expected) {
			return true
		}
	}
	return false
}

func main() {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil || len(key) == 0 {
		log.Fatal("WEBHOOK_SECRET is no signing secret")
	}
	http.HandleFunc(${literal(path)}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !isSigned(key, r.Header, body) {
			http.Error(w, "Invalid signature", http.StatusUnauthorized)
			return
		}
		var payload struct {
			Topic, Action string
			Content       json.RawMessage
		}
		if err := json.Unmarshal(body, &payload); err != nil {
			http.Error(w, "Not JSON", http.StatusBadRequest)
			return
		}
		// The same id comes again on a retry: keep it, and do things once.
		if payload.Topic == ${literal(topic)} && payload.Action == ${literal(action)} {
			log.Println(r.Header.Get("webhook-id"), payload.Topic, payload.Action, string(payload.Content))
		}
		w.WriteHeader(http.StatusOK)
	})
	log.Fatal(http.ListenAndServe(":${port}", nil))
}
`;
}

function phpCode({ path, topic, action, port }: Filled): string {
  return `<?php
// WEBHOOK_SECRET=whsec_… php -S localhost:${port} receiver.php
const TOLERANCE_SECONDS = 300;

/** Whether the body was signed with the secret, a moment ago. */
function is_signed(string $key, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if ($id === '' || str_contains($id, '.') || preg_match('/^\\d{1,12}$/D', $timestamp) !== 1) {
        return false;
    }
    if (abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

$key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET') ?: ''), true);
$body = file_get_contents('php://input');
if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== ${phpLiteral(path)}) {
    http_response_code(404);
} elseif ($key === false || $key === '' || !is_signed($key, $body)) {
    http_response_code(401);
} else {
    $payload = json_decode($body, true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    // The same id comes again on a retry: keep it, and do things once.
    if ($payload['topic'] === ${phpLiteral(topic)} && $payload['action'] === ${phpLiteral(action)}) {
        error_log($_SERVER['HTTP_WEBHOOK_ID'] . ' ' . json_encode($payload['content']));
    }
    http_response_code(200);
}
`;
}

function phpLiteral(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}

function curlCode({ url, port, path, appId, appEnv, topic, action, serverUrl }: Filled): string {
  const body = JSON.stringify({
    appId,
    appEnv,
    topic,
    action,
    msgNature: "SUCCESS",
    content: {},
    verificationToken: "not-a-token",
  });
  return `# WEBHOOK_SECRET=whsec_… sh send.sh
# Sends a signed request, as this server does, so that you can try your handler.
url=${shellLiteral(url !== null && URL.canParse(url) ? new URL(url).href : `http://localhost:${port}${path}`)}
body=${shellLiteral(body)}
id="evt_try_$(date +%s)"
timestamp=$(date +%s)
key=$(printf %s "\${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
signature=$(printf %s "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

curl --globoff --include -X POST "$url" \\
  -H 'content-type: application/json' \\
  -H "webhook-id: $id" \\
  -H "webhook-timestamp: $timestamp" \\
  -H "webhook-signature: v1,$signature" \\
  --data-binary "$body"
echo

# Checks the verification token of a webhook that came, once. Take the token out of its body.
token=\${TOKEN:-wvt_the-token}
curl -X POST ${shellLiteral(`${serverUrl}/v4/tokens/webhook-verification/checking-consumption`)} \\
  -H "authorization: Bearer $IGNISIGN_API_KEY" \\
  -H 'content-type: application/json' \\
  --data-binary "{\\"token\\":\\"$token\\",\\"appId\\":\\"${appId}\\",\\"appEnv\\":\\"${appEnv}\\"}"
`;
}

function shellLiteral(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
