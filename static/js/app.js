// Everything works without this file; each module makes one thing nicer and does nothing where it is not needed.
import { autosave } from "./autosave.js";
import { budgetBalance } from "./budget.js";
import { communes } from "./commune.js";
import { confirmations } from "./confirm.js";
import { copyLinks } from "./copy.js";
import { counters } from "./counters.js";
import { editors } from "./editor.js";
import { forms } from "./forms.js";
import { menus } from "./menus.js";
import { pledgeTotal } from "./pledge.js";
import { previews } from "./preview.js";
import { videos } from "./video.js";

document.documentElement.classList.add("js");
for (const start of [forms, counters, communes, pledgeTotal, budgetBalance, previews, editors, videos, autosave, confirmations, copyLinks, menus]) {
  try {
    start();
  } catch (error) {
    console.error(error); // one broken nicety must not take the others with it
  }
}
