// Where a browser cannot let a text box grow with its words by itself, it grows here.

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("textarea")) return;
    target.style.blockSize = "auto";
    target.style.blockSize = `${target.scrollHeight + 2}px`;
  });
}
