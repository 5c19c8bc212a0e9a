// Beside each value that has to be typed elsewhere: a button that copies it. Without
// this script the values are plain text, and one click selects one whole. Above them: a
// button that copies every field with its value, a line each.

const said = document.createElement("p");
said.className = "govuk-visually-hidden";
said.setAttribute("role", "status");

function select(value) {
  const range = document.createRange();
  range.selectNodeContents(value);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

async function copied(value) {
  const text = value.textContent.trim();
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  select(value);
  return document.execCommand("copy");
}

function buttonFor(value) {
  const label = value.dataset.xbCopy;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "xb-link-button";
  const what = document.createElement("span");
  what.className = "govuk-visually-hidden";
  what.textContent = ` ${label}`;
  const word = document.createTextNode("Copy");
  button.append(word, what);
  button.addEventListener("click", async () => {
    let done = false;
    try {
      done = await copied(value);
    } catch {
      select(value);
    }
    word.data = done ? "Copied" : "Selected";
    said.textContent = `${label}: ${word.data.toLowerCase()}`;
    window.setTimeout(() => { word.data = "Copy"; }, 3000);
  });
  return button;
}

function linesOf(section) {
  const lines = [];
  for (const row of section.querySelectorAll(".govuk-summary-list__row")) {
    const label = row.querySelector("dt").textContent.trim();
    const value = row.querySelector("dd").textContent.trim();
    lines.push(`${label}: ${value}`);
  }
  return lines.join("\n");
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function buttonForAll(section) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary xb-copy xb-copy-all";
  button.textContent = "Copy all";
  button.addEventListener("click", async () => {
    const done = await written(linesOf(section));
    button.textContent = done ? "Copied all" : "Copy them one by one";
    said.textContent = button.textContent;
    window.setTimeout(() => { button.textContent = "Copy all"; }, 3000);
  });
  return button;
}

export function addCopyButtons() {
  const values = document.querySelectorAll("[data-xb-copy]");
  if (!values.length) return;
  for (const value of values) {
    const cell = document.createElement("dd");
    cell.className = "govuk-summary-list__actions xb-copy";
    cell.append(buttonFor(value));
    value.after(cell);
  }
  for (const row of document.querySelectorAll(".xb-package .govuk-summary-list__row")) {
    if (!row.querySelector(".xb-copy")) {
      row.classList.add("govuk-summary-list__row--no-actions");
    }
  }
  for (const section of document.querySelectorAll("[data-xb-copy-all]")) {
    section.querySelector("h3").before(buttonForAll(section));
  }
  document.body.append(said);
}
