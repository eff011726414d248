// What makes the pages about apps better with scripts on. Every page works without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const selectLine = (area, number) => {
    const lines = area.value.split("\n");
    const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    area.scrollTop = (number - 6) * parseFloat(getComputedStyle(area).lineHeight);
    area.scrollIntoView({ block: "nearest" });
  };

  // Numbers beside the lines; those at fault are marked until they are changed. Tab leaves the field, as everywhere.
  const number = (area) => {
    const editor = area.parentElement;
    const gutter = document.createElement("div");
    const column = document.createElement("div");
    const caret = document.createElement("p");
    const faults = new Map();
    for (const link of all("#faults [data-line]")) {
      const line = Number(link.dataset.line);
      const sentence = link.closest("li").querySelector("[data-sentence]").textContent;
      faults.set(line, { sentence: [faults.get(line)?.sentence, sentence].filter(Boolean).join(" "), text: area.value.split("\n")[line - 1] });
    }
    gutter.className = "gutter";
    gutter.setAttribute("aria-hidden", "true");
    gutter.append(column);
    caret.className = "caret";
    caret.setAttribute("role", "status");
    editor.prepend(gutter);
    editor.append(caret);
    editor.classList.add("numbered");

    const follow = () => { column.style.translate = `0 ${-area.scrollTop}px`; };
    const draw = () => {
      const lines = area.value.split("\n");
      while (column.childElementCount > lines.length) column.lastElementChild.remove();
      while (column.childElementCount < lines.length) {
        const line = document.createElement("span");
        line.textContent = column.childElementCount + 1;
        column.append(line);
      }
      for (const [line, fault] of faults) {
        const mark = column.children[line - 1];
        mark?.classList.toggle("marked", lines[line - 1] === fault.text);
      }
      follow();
    };
    const tell = () => {
      const line = area.value.slice(0, area.selectionStart).split("\n").length;
      const isMarked = column.children[line - 1]?.classList.contains("marked");
      const place = area.dataset.lineWord.replace("{number}", line);
      const text = isMarked ? `${place}: ${faults.get(line).sentence}` : place;
      caret.classList.toggle("trouble", Boolean(isMarked));
      // Spoken only when there is something to say: where the caret is, a reader knows.
      caret.setAttribute("aria-live", isMarked ? "polite" : "off");
      if (caret.textContent !== text) caret.textContent = text;
    };
    area.addEventListener("input", () => { draw(); tell(); });
    area.addEventListener("scroll", follow);
    for (const event of ["keyup", "click", "focus", "select"]) area.addEventListener(event, tell);
    draw();
    tell();
  };

  const copy = async (button) => {
    const input = document.getElementById(button.dataset.copy);
    input.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(input.value);
    else document.execCommand("copy");
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    document.getElementById("live").textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  };

  for (const area of all("[data-editor]")) number(area);
  for (const button of all("[data-copy]")) button.hidden = false;
  for (const swatch of all("[data-picks]")) {
    const input = document.getElementById(swatch.dataset.picks);
    const show = () => { if (/^#[0-9a-f]{6}$/i.test(input.value)) swatch.value = input.value; };
    swatch.hidden = false;
    input.addEventListener("input", show);
    swatch.addEventListener("input", () => { input.value = swatch.value; });
    show();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    const link = event.target.closest("#faults a");
    const area = document.querySelector("[data-editor]");
    if (button) copy(button);
    if (link && area) {
      event.preventDefault();
      selectLine(area, Number(link.dataset.line ?? 1));
    }
  });

  // A picture that is too large is not worth the way: the form says so, and waits for another.
  document.addEventListener("change", (event) => {
    const input = event.target.closest("[data-most]");
    if (!input) return;
    const isTooLarge = (input.files[0]?.size ?? 0) > Number(input.dataset.most);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    if (isTooLarge) input.reportValidity();
  });
  document.addEventListener("submit", (event) => {
    const refused = [...event.target.querySelectorAll("[data-most]")].find((each) => !each.checkValidity());
    if (!refused) return;
    event.preventDefault();
    refused.reportValidity();
  });
})();
