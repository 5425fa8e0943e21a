/** Tabs, as the ARIA practices have them: arrows go from one to the next. */

/** `switched` gets the chosen tab's name, which is its id without "tab-". */
export function tabs(home, switched) {
  const all = [...home.querySelectorAll('[role="tab"]')];
  const pick = (tab) => {
    for (const one of all) {
      const isIt = one === tab;
      one.setAttribute("aria-selected", isIt);
      one.tabIndex = isIt ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !isIt;
    }
    switched(tab.id.replace("tab-", ""));
  };
  all.forEach((tab, at) => {
    tab.addEventListener("click", () => pick(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = all[(at + step + all.length) % all.length];
      next.focus();
      pick(next);
    });
  });
}
