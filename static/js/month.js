/*
 * The month's form while it saves itself (templates/reporting/month.html).
 * Without this file the form is one plain post.
 *   Answers 401, 409 and 422 to an autosave are shown in the entry, not thrown away.
 *   A lost connection is said in the entry, and tried again when the network is back.
 *   The whole form waits for entries on their way: sent beside them it would conflict with itself.
 *   It is not sent at all while an entry cannot be saved for want of a network or a session: its words would be lost.
 *   In a large month an entry opens in its place; the address names what stands open, for reloading and going back.
 *   The token is read from the cookie at each send: signing in again in another window changes it.
 */
(function () {
  "use strict";
  const doc = document;
  const form = doc.getElementById("month");
  if (!form) return;
  const unsent = new Set(); // entries whose words the server does not have
  let flying = 0;

  function entryOf(event) {
    const element = event.detail && event.detail.requestConfig ? event.detail.requestConfig.elt : event.target;
    return element instanceof Element ? element.closest("[data-entry]") : null;
  }
  function say(entry, words) {
    const place = doc.getElementById(entry.id + "-failed");
    if (place) place.textContent = words;
  }
  function token() {
    const found = /(?:^|; )csrftoken=([^;]+)/.exec(doc.cookie);
    return found ? found[1] : "";
  }

  doc.addEventListener("htmx:configRequest", function (event) {
    if (token()) event.detail.headers["X-CSRFToken"] = token();
  });
  doc.addEventListener("htmx:beforeSend", function (event) {
    if (entryOf(event)) flying += 1;
  });

  function send(submitter) {
    // One more turn: an entry that waited in the queue starts when the one before it has ended.
    setTimeout(function () {
      if (flying)
        return doc.addEventListener(
          "htmx:afterRequest",
          function () {
            send(submitter);
          },
          { once: true }
        );
      const stuck = unsent.values().next().value;
      if (stuck) stuck.scrollIntoView({ block: "center" });
      else form.requestSubmit(submitter);
    }, 0);
  }
  form.addEventListener("submit", function (event) {
    if (token()) form.elements.csrfmiddlewaretoken.value = token();
    if (!flying && !unsent.size) return;
    event.preventDefault();
    unsent.forEach(function (entry) {
      window.htmx.trigger(entry, "change");
    });
    send(event.submitter);
  });

  doc.addEventListener("htmx:beforeSwap", function (event) {
    if (entryOf(event) && [401, 409, 422].indexOf(event.detail.xhr.status) >= 0) event.detail.shouldSwap = true;
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    const entry = entryOf(event);
    if (!entry) return;
    flying -= 1;
    const status = event.detail.xhr.status;
    entry.querySelectorAll(".err").forEach(function (place) {
      const field = doc.getElementById(place.id.replace(/-error$/, ""));
      const wrong = place.childElementCount > 0;
      field.closest(".field").classList.toggle("wrong", wrong);
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    });
    entry.classList.toggle("wrong", Boolean(entry.querySelector(".err > *, [id$='-conflict'] > *")));
    if (status === 200 || status === 409 || status === 422) unsent.delete(entry);
    else unsent.add(entry);
    if (status === 0) say(entry, form.dataset.offline);
    else if ([200, 401, 409, 422].indexOf(status) < 0) say(entry, form.dataset.stale);
  });
  doc.addEventListener("htmx:afterSettle", function (event) {
    const entry = event.detail.elt;
    if (event.detail.requestConfig.verb !== "get" || !(entry instanceof Element) || !entry.matches(".entry")) return;
    const address = new URL(window.location.href);
    const open = Array.from(form.querySelectorAll(".entry:not(.line)"), function (one) {
      return one.id.slice(1);
    });
    address.searchParams.set("open", open.join(","));
    address.hash = "";
    window.history.replaceState(window.history.state, "", address);
    // The button that was pressed is gone; whoever types in another field by now keeps it.
    const busy = doc.activeElement && doc.activeElement !== doc.body;
    const field = entry.querySelector("input:not([type=hidden], [type=checkbox])") || entry.querySelector("a");
    if (!busy && field) field.focus();
  });
  window.addEventListener("online", function () {
    unsent.forEach(function (entry) {
      window.htmx.trigger(entry, "change");
    });
  });

  // Picking an entry is no change of its words: nothing is to be saved, and nothing is lost by leaving.
  ["change", "input"].forEach(function (kind) {
    doc.addEventListener(
      kind,
      function (event) {
        if (event.target.name !== "pick") return;
        event.stopImmediatePropagation();
        const count = doc.getElementById("bulk-count");
        const picked = form.querySelectorAll("[name=pick]:checked").length;
        if (count) count.textContent = picked ? count.dataset.words.replace("#", picked) : "";
      },
      true
    );
  });

  // A printed sheet must show all of what stands in a field, not the part that fits into it.
  window.addEventListener("beforeprint", function () {
    form.querySelectorAll("textarea").forEach(function (field) {
      let copy = field.nextElementSibling;
      if (!copy || !copy.classList.contains("print-only")) {
        copy = doc.createElement("p");
        copy.className = "said print-only";
        field.after(copy);
        field.classList.add("screen-only");
      }
      copy.textContent = field.value;
    });
  });
})();
