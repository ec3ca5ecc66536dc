/** Looks for what a page offers to press and hides to the right. */
import type { Page } from "playwright-core";

/** Buttons, links and fields that one has to scroll sideways for. A column of ids may be out of sight. */
export async function outOfSight(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const reachable = [...document.querySelectorAll("main :is(a, button, input, select, textarea)")];
    return reachable
      .filter((element) => !element.closest("td")?.querySelector("a.mono") && element.checkVisibility())
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 200));
  });
}
