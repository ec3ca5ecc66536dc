/** English messages around the programs that receive webhooks. */
export const snippetsEn = {
  "snippets.languages": "Languages",
  "snippets.install": "Installation",
  "snippets.secret": "The programs take the signing secret of the webhook from the environment:",
  "snippets.publicKeyOnly":
    "This webhook is signed for with its key pair alone (v1a). The program with our client takes the public key in place of the secret; the others here verify v1: let the webhook ask for both to use them.",
  "snippets.about.node": "With our client: verifies the signature, and checks the token once with this server.",
  "snippets.about.standardwebhooks": "With the library of Standard Webhooks: verifies the signature without any call.",
  "snippets.about.python": "With Python’s own library alone: verifies the signature without any call.",
  "snippets.about.go": "With Go’s own library alone: verifies the signature without any call.",
  "snippets.about.php": "With plain PHP: verifies the signature without any call.",
  "snippets.about.curl": "Sends a signed request to your handler to try it out, and checks a token.",
} as const;
