import { addCopyButtons } from "./copy.js";
import { initAll } from "./govuk-frontend.min.js";

initAll();
addCopyButtons();
