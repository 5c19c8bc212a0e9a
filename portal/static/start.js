import { addCopyButtons } from "./copy.js";
import { initAll } from "./govuk-frontend.min.js";
import { listenForKeys } from "./shortcuts.js";

initAll();
addCopyButtons();
listenForKeys();
