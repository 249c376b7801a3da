/*
 * Small helps for the keyboard and the month form. Every page works without this file.
 * Behaviour is asked for by data attributes:
 *   form[data-auto]            sent when a field changes (htmx does it where it is loaded)
 *   [data-copy-to="#id"][data-copy-text]   puts the words of the round before into a field (沿用上期)
 *   [data-fill-username][data-fill-password]   fills the sign-in form with a demo account
 *   [data-copy-add]            beside these two: adds the words on a line of their own to what stands there
 *   [data-confirm]             asks before the form is sent or the link followed
 *   form[data-guard]           the browser warns before unsaved changes are left
 *   [data-review]              j / k move between its [data-review-item]s, a / r press [data-accept] / [data-return]
 *   form[data-pick]            the head of its .tick column gets a box, named by the attribute, that ticks the page
 *   [data-print]               prints the page; an address that ends in #print prints it when it opens
 *   /                          goes to the page's own search field, else to the one in the top bar
 *   [data-focus]               takes the focus when the page opens (error summaries)
 *   [data-menu]                a <details> that closes on Escape or a click elsewhere
 */
(function () {
  "use strict";
  const doc = document;
  doc.documentElement.classList.add("js");

  function typing(element) {
    return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  }
  function closest(event, selector) {
    return event.target instanceof Element ? event.target.closest(selector) : null;
  }

  /* ---- filters */
  doc.addEventListener("change", function (event) {
    const form = event.target.form;
    if (form && form.hasAttribute("data-auto") && !window.htmx) form.requestSubmit();
  });
  // Search as one types, but never on half-typed pinyin. Without htmx this would reload the page under the reader's
  // hands.
  let waiting;
  doc.addEventListener("input", function (event) {
    const form = event.target.form;
    if (!window.htmx || event.isComposing || event.target.type !== "search" || !form || !form.hasAttribute("data-auto"))
      return;
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      form.requestSubmit();
    }, 500);
  });
  // Empty filters are left out of the address, so that it stays short enough to be sent to a colleague.
  doc.addEventListener("htmx:configRequest", function (event) {
    if (!event.target.matches("form[data-auto]")) return;
    Array.from(event.detail.formData.entries()).forEach(function (pair) {
      if (pair[1] === "") event.detail.formData.delete(pair[0]);
    });
  });
  doc.addEventListener("submit", function (event) {
    if (!event.target.matches("form[data-auto]") || window.htmx) return;
    Array.from(event.target.elements).forEach(function (field) {
      if (field.name && field.value === "") field.disabled = true;
    });
  });
  // A request that failed must not look like one that worked: open the address itself and let the server speak.
  doc.addEventListener("htmx:responseError", function (event) {
    if (event.detail.requestConfig.verb === "get") window.location.assign(event.detail.pathInfo.finalRequestPath);
  });

  /* ---- ticking rows */
  function pickable(root) {
    root.querySelectorAll("form[data-pick] thead .tick:empty").forEach(function (head) {
      const all = doc.createElement("input");
      all.type = "checkbox";
      all.setAttribute("aria-label", head.closest("form").dataset.pick);
      all.addEventListener("change", function () {
        head
          .closest("form")
          .querySelectorAll("tbody .tick input")
          .forEach(function (box) {
            box.checked = all.checked;
          });
      });
      head.append(all);
    });
  }
  doc.addEventListener("DOMContentLoaded", function () {
    pickable(doc);
  });
  doc.addEventListener("htmx:afterSettle", function () {
    pickable(doc);
  });

  /* ---- keyboard */
  function step(review, by) {
    const items = Array.from(review.querySelectorAll("[data-review-item]"));
    if (!items.length) return;
    const at = items.findIndex(function (item) {
      return item.classList.contains("is-current");
    });
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
    items.forEach(function (item) {
      item.classList.toggle("is-current", item === next);
    });
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  function press(review, selector) {
    let target = review.querySelector("[data-review-item].is-current " + selector);
    if (!target) return;
    // A return needs its reason: where the target is a field or a fold, go into it instead of pressing it.
    if (target.tagName === "DETAILS") {
      target.open = true;
      target = target.querySelector("textarea, input:not([type=hidden])") || target;
    }
    if (typing(target)) target.focus();
    else target.click();
  }
  doc.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      doc.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.key === "/") {
      const search = doc.querySelector("main input[type=search]") || doc.querySelector(".find input");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    const review = doc.querySelector("[data-review]");
    if (!review) return;
    if (event.key === "j") step(review, 1);
    else if (event.key === "k") step(review, -1);
    else if (event.key === "a") press(review, "[data-accept]");
    else if (event.key === "r") {
      event.preventDefault();
      press(review, "[data-return]");
    }
  });

  /* ---- month form: leaving with unsaved words */
  const dirty = new Set();
  function guarded(event) {
    return event.target.form && event.target.form.hasAttribute("data-guard") ? event.target.form : null;
  }
  doc.addEventListener("input", function (event) {
    const form = guarded(event);
    if (form) dirty.add(form);
  });
  doc.addEventListener("submit", function (event) {
    if (!event.defaultPrevented) dirty.delete(event.target);
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    const form = event.target.closest && event.target.closest("form[data-guard]");
    if (form && event.detail.successful && event.detail.requestConfig.verb === "post") dirty.delete(form);
  });
  window.addEventListener("beforeunload", function (event) {
    if (dirty.size) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  /* ---- clicks */
  function fill(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  doc.addEventListener("click", function (event) {
    const copy = closest(event, "[data-copy-to]");
    if (copy) {
      event.preventDefault();
      const field = doc.querySelector(copy.dataset.copyTo);
      const kept = field && copy.hasAttribute("data-copy-add") ? field.value.replace(/\s+$/, "") : "";
      if (field) {
        fill(field, kept ? kept + "\n" + copy.dataset.copyText : copy.dataset.copyText);
        field.focus();
      }
    }
    const account = closest(event, "[data-fill-username]");
    if (account) {
      fill(doc.getElementById("id_username"), account.dataset.fillUsername);
      fill(doc.getElementById("id_password"), account.dataset.fillPassword);
      doc.querySelector(".sign-in form [type=submit]").focus();
    }
    if (closest(event, "[data-print]")) {
      event.preventDefault();
      window.print();
    }
    doc.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  // In the capture phase, so that htmx and the guard above never see what was called off.
  function ask(event) {
    const asked =
      event.type === "submit"
        ? event.submitter && event.submitter.dataset.confirm
          ? event.submitter
          : event.target
        : closest(event, "a[data-confirm]");
    if (!asked || !asked.dataset.confirm || window.confirm(asked.dataset.confirm)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  doc.addEventListener("submit", ask, true);
  doc.addEventListener("click", ask, true);

  window.addEventListener("load", function () {
    if (window.location.hash === "#print") window.print();
  });
  doc.addEventListener("DOMContentLoaded", function () {
    const target = doc.querySelector("[data-focus]");
    if (target) target.focus();
  });
})();
