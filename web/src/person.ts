/** Who is signed in. The server wrote it; only the way back from signing in is kept up to date here. */

/** After signing in, people come back to the view that they had, not to the one with which the page began. */
export function comeBackHere(): void {
  const link = document.getElementById("sign-in");
  if (!(link instanceof HTMLAnchorElement)) return;
  link.addEventListener("click", () => {
    const url = new URL(link.href);
    url.searchParams.set("next", `/map${window.location.search}`);
    link.href = url.href;
  });
}
