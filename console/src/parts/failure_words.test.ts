import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILURES } from "../../../src/domain/failure.ts";
import {
  ANSWER_FAILURE_CODES,
  FAILURE_CODES,
  FAILURE_WORDS,
  failureWord,
  STATUS_FAILURE_CODES,
  wordOfAttempt,
} from "./failure_words.ts";

test("every failure code of the server has words, and there are words for no other", () => {
  assert.deepEqual(
    [...FAILURE_CODES, ...ANSWER_FAILURE_CODES, ...STATUS_FAILURE_CODES].sort(),
    Object.keys(FAILURES).sort(),
  );
});

test("every status has words: its own, or those of its class", () => {
  for (let status = 100; status <= 599; status++) {
    const word = failureWord(String(status));
    assert.ok(word === String(status) || word === `${Math.floor(status / 100)}xx`, String(status));
  }
  assert.equal(failureWord("404"), "404");
  assert.equal(failureWord("418"), "4xx");
});

test("a code that is not known has no words", () => {
  for (const code of ["NEW_CODE", "600", "", "__proto__", "constructor"]) assert.equal(failureWord(code), null, code);
});

test("an attempt is explained by its status where it was answered, else by its code, and not at all when it passed", () => {
  assert.equal(wordOfAttempt({ response: { status: 503 }, error: { code: "UNEXPECTED_STATUS" } }), "503");
  assert.equal(wordOfAttempt({ response: { status: 302 }, error: { code: "REDIRECT_NOT_FOLLOWED" } }), "3xx");
  assert.equal(wordOfAttempt({ response: { status: 410 }, error: { code: "GONE" } }), "410");
  assert.equal(wordOfAttempt({ error: { code: "TLS_EXPIRED" } }), "TLS_EXPIRED");
  const aborted = { response: { status: 500 }, error: { code: "ABORTED_BY_RECEIVER" } };
  assert.equal(wordOfAttempt(aborted), "ABORTED_BY_RECEIVER", "the status alone would not say why no retry follows");
  assert.equal(wordOfAttempt({ response: { status: 200 } }), null);
});

test("no word is listed twice", () => {
  assert.equal(new Set(FAILURE_WORDS).size, FAILURE_WORDS.length);
});
