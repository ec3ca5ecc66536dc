/** Tells screen readers what has happened, without moving anybody's focus. */

const REGION_ID = "announcements";

/** Said politely, once; the same text again is said again. */
export function say(text: string): void {
  const region = document.getElementById(REGION_ID) ?? addRegion();
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}

function addRegion(): HTMLElement {
  const region = document.createElement("div");
  region.id = REGION_ID;
  region.className = "visuallyHidden";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  document.body.append(region);
  return region;
}
