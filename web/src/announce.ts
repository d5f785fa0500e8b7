/** One polite line for screen readers, a second after things have settled. */
import { byId, debounced } from "./dom";

export const announceLater = debounced(1000, (text: string) => {
  byId("status").textContent = text;
});
