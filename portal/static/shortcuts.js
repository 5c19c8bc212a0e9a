// Single keys of the review pages. They press what is on the page and do nothing that it
// can't; a person can turn them off, and then the page says so and this does nothing.

const CHOICES = {
  s: "same",
  d: "different",
  u: "unsure",
  c: "two_people.left",
  p: "two_people.right",
};
const BUTTONS = { n: "key-n", k: "key-k", x: "key-x" };

function typing(target) {
  return target instanceof Element
    && target.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;
}

function choose(value) {
  const radio = document.querySelector(`input[type=radio][name=decision][value="${value}"]`);
  if (!radio) return false;
  radio.checked = true;
  radio.focus();
  return true;
}

function go(id) {
  const place = document.getElementById(id);
  if (!place) return false;
  place.focus();
  return true;
}

function press(id) {
  const button = document.getElementById(id);
  if (!button) return false;
  button.click();
  return true;
}

function pressed(event) {
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.defaultPrevented || typing(event.target)) return;
  const done = (key in CHOICES && choose(CHOICES[key]))
    || (key in BUTTONS && press(BUTTONS[key]))
    || (key === "r" && go("reason"))
    || (key === "?" && go("keys"));
  if (done) event.preventDefault();
}

export function listenForKeys() {
  if (document.querySelector('[data-xb-keys="on"]')) {
    document.addEventListener("keydown", pressed);
  }
}
