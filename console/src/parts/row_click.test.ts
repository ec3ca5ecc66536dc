import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOfClick } from "./row_click.ts";

const plain = { button: 0, metaKey: false, ctrlKey: false };

test("a plain click opens a row here; one with ⌘, Ctrl or the middle button opens it in a tab of its own", () => {
  assert.equal(placeOfClick(plain), "here");
  assert.equal(placeOfClick({ ...plain, metaKey: true }), "tab");
  assert.equal(placeOfClick({ ...plain, ctrlKey: true }), "tab");
  assert.equal(placeOfClick({ ...plain, button: 1 }), "tab");
});

test("the button of the menu opens nothing", () => {
  assert.equal(placeOfClick({ ...plain, button: 2 }), null);
  assert.equal(placeOfClick({ ...plain, button: 2, ctrlKey: true }), null);
});
