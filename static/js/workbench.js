/*
 * The import workbench (templates/intake/batch.html) by keyboard, and the source beside the row at hand.
 *   j / k and a are app.js's ([data-review]).
 *   Here: n next row that needs a decision, e edit, Ctrl+Enter save, Esc cancel.
 *   A row that becomes current lights up its blocks of the source ([data-from] … [data-to]).
 * Without this file the links between rows and source do the same.
 */
(function () {
  "use strict";
  const doc = document;
  const pane = doc.querySelector(".source-pane");
  const list = doc.querySelector(".work");
  if (!list) return;
  let next = false; // after a decision, go on to the next open row

  function typing(element) {
    return element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }
  function rows() {
    return Array.from(list.querySelectorAll("[data-review-item]"));
  }
  function current() {
    return list.querySelector(".is-current");
  }

  function light(row) {
    pane.querySelectorAll(".is-lit").forEach(function (block) {
      block.classList.remove("is-lit");
    });
    if (!row || row.dataset.from === undefined) return;
    let first = null;
    for (let at = Number(row.dataset.from); at <= Number(row.dataset.to); at += 1) {
      const block = doc.getElementById("s-" + at);
      if (!block) continue;
      block.classList.add("is-lit");
      first = first || block;
    }
    // Only the pane moves: the page stays where the reader is.
    if (first && pane.scrollHeight > pane.clientHeight) {
      pane.scrollTop += first.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    }
  }
  function choose(row, quiet) {
    if (!row) return;
    rows().forEach(function (other) {
      other.classList.toggle("is-current", other === row);
    });
    row.tabIndex = -1;
    if (!quiet) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    light(row);
  }
  function nextOpen(after) {
    const all = rows();
    const at = all.indexOf(after);
    return all
      .slice(at + 1)
      .concat(all.slice(0, at + 1))
      .find(function (row) {
        return row.hasAttribute("data-todo");
      });
  }

  list.addEventListener("focusin", function (event) {
    const row = event.target.closest("[data-review-item]");
    if (row && !row.classList.contains("is-current")) choose(row, true);
    else light(row);
  });
  list.addEventListener("click", function (event) {
    const row = event.target.closest("[data-review-item]");
    if (row && !typing(event.target)) choose(row, true);
  });
  doc.addEventListener("click", function (event) {
    const link = event.target instanceof Element && event.target.closest(".blk .to, .work .place");
    if (!link) return;
    event.preventDefault();
    const row = link.matches(".to") ? doc.querySelector(link.getAttribute("href")) : link.closest("[data-review-item]");
    choose(row);
  });

  doc.addEventListener("keydown", function (event) {
    const row = current();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest && event.target.closest(".row-form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.key === "Escape") {
      const cancel = row && row.querySelector("[data-cancel]");
      if (cancel) {
        event.preventDefault();
        cancel.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.key === "n") choose(nextOpen(row));
    if (event.key === "e" && row) {
      const edit = row.querySelector("[data-edit]");
      if (edit) {
        event.preventDefault();
        edit.click();
      }
    }
  });

  // A conflict is an answer to be shown, not an error to be thrown away.
  doc.addEventListener("htmx:beforeSwap", function (event) {
    if ([409, 422].indexOf(event.detail.xhr.status) >= 0) event.detail.shouldSwap = true;
  });
  doc.addEventListener("htmx:beforeRequest", function (event) {
    next = event.detail.requestConfig.verb === "post" && list.contains(event.detail.elt);
  });
  doc.addEventListener("htmx:afterSettle", function (event) {
    const row = event.detail.elt && event.detail.elt.closest && event.detail.elt.closest("[data-review-item]");
    if (!row) return;
    const field = row.querySelector(".row-form :is(textarea, input:not([type=hidden]))");
    if (field) {
      choose(row, true);
      // Whoever was quick and stands in a field already keeps it: words typed next would land in another one.
      if (!typing(doc.activeElement) || !row.contains(doc.activeElement))
        (row.querySelector("[data-first]") || field).focus();
      return;
    }
    choose(next && !row.hasAttribute("data-todo") ? nextOpen(row) || row : row);
    next = false;
  });

  // The page opens where it is: the row at its top is the current one (the first; after a reload the one being read),
  // and the source stands beside it. The first open row is one key away (n), and never out of sight when a key meets
  // it.
  function inView() {
    return rows().find(function (row) {
      return row.getBoundingClientRect().bottom > parseFloat(getComputedStyle(row).scrollMarginTop) + 24;
    });
  }
  const start = (location.hash && doc.querySelector(".work " + location.hash)) || inView() || rows()[0];
  if (start && !list.querySelector(".row-form")) choose(start, !location.hash);
  const open = list.querySelector(".row-form");
  if (open) {
    choose(open.closest("[data-review-item]"), true);
  }
})();
