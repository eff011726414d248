// What makes the pages better with scripts on. Every page works without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // Times in the reader's own zone, named. data-time says how much of it: "full", or "words" (only the tooltip is a date).
  const lang = document.documentElement.lang;
  const zoned = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang || undefined, {
    weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  const localise = (root) => {
    for (const time of all("time[data-time]", root)) {
      const text = zoned.format(new Date(time.dateTime));
      const exact = time.dataset.time === "words" ? time.querySelector(".unseen") : time;
      if (time.title) time.title = text;
      if (exact) exact.textContent = time.dataset.time === "words" ? ` (${text})` : text;
    }
  };

  const toggle = (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? button.dataset.reveal : button.dataset.hide;
    button.setAttribute("aria-label", shown ? button.dataset.revealLabel : button.dataset.hideLabel);
    input.focus();
  };

  // A question stands in <details class="confirm">; here it is asked in a dialog, and put back when that closes.
  const ask = (details) => {
    const question = details.querySelector(".ask");
    const dialog = document.createElement("dialog");
    const heading = question.querySelector("h2");
    heading.id ||= `ask-${Date.now()}`;
    dialog.setAttribute("aria-labelledby", heading.id);
    for (const button of all("[data-close]", question)) button.hidden = false;
    dialog.append(question);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      details.append(question);
      dialog.remove();
      (details.closest(".menu") ?? details).querySelector("summary").focus();
    });
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    const summary = target.closest(".confirm > summary");
    for (const menu of all(".menu[open]")) if (!menu.contains(target)) menu.open = false;
    if (summary) {
      event.preventDefault();
      ask(summary.parentElement);
    } else if (target.closest("[data-reveal]")) toggle(target.closest("[data-reveal]"));
    else if (target.closest("[data-close]") || target.nodeName === "DIALOG") target.closest("dialog")?.close();
  });

  document.addEventListener("submit", (event) => {
    for (const button of all("[data-reveal]", event.target)) {
      document.getElementById(button.getAttribute("aria-controls")).type = "password";
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector(".menu[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const search = document.querySelector("[type=search]");
    if (event.key === "/" && search && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });

  const arrive = (root) => {
    localise(root);
    for (const button of all("[data-reveal]", root)) button.hidden = false;
  };
  arrive(document);
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const dialog of all("dialog[open]")) dialog.remove();
    arrive(document);
    const news = document.querySelector(`#${event.detail.target.id || "main"} [data-announce]`);
    if (news) document.getElementById("live").textContent = news.textContent.trim();
  });
})();
