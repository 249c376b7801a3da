/*
 * The month's form while it saves itself (templates/reporting/month.html). Without this file the form is one plain post.
 *   Answers 401, 409 and 422 to an autosave are shown in the entry, not thrown away.
 *   A lost connection is said in the entry, and tried again when the network is back.
 *   The token is read from the cookie at each send: signing in again in another window changes it.
 */
(function () {
  "use strict";
  var doc = document;
  var form = doc.getElementById("month");
  if (!form) return;
  var unsent = new Set();

  function entryOf(event) {
    var element = event.detail && event.detail.requestConfig ? event.detail.requestConfig.elt : event.target;
    return element instanceof Element ? element.closest("[data-entry]") : null;
  }
  function say(entry, words) {
    var place = doc.getElementById(entry.id + "-failed");
    if (place) place.textContent = words;
  }
  function token() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(doc.cookie);
    return found ? found[1] : "";
  }

  doc.addEventListener("htmx:configRequest", function (event) {
    if (token()) event.detail.headers["X-CSRFToken"] = token();
  });
  form.addEventListener("submit", function () {
    if (token()) form.elements.csrfmiddlewaretoken.value = token();
  });

  doc.addEventListener("htmx:beforeSwap", function (event) {
    if (entryOf(event) && [401, 409, 422].indexOf(event.detail.xhr.status) >= 0) event.detail.shouldSwap = true;
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    var entry = entryOf(event);
    if (!entry) return;
    entry.querySelectorAll(".err").forEach(function (place) {
      var field = doc.getElementById(place.id.replace(/-error$/, ""));
      var wrong = place.childElementCount > 0;
      field.closest(".field").classList.toggle("wrong", wrong);
      if (wrong) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    });
    entry.classList.toggle("wrong", Boolean(entry.querySelector(".err > *, [id$='-conflict'] > *")));
    if (event.detail.successful) unsent.delete(entry);
    else if (event.detail.xhr.status === 0) { unsent.add(entry); say(entry, form.dataset.offline); }
    else if ([401, 409, 422].indexOf(event.detail.xhr.status) < 0) say(entry, form.dataset.stale);
  });
  window.addEventListener("online", function () {
    unsent.forEach(function (entry) { window.htmx.trigger(entry, "change"); });
  });

  // A printed sheet must show all of what stands in a field, not the part that fits into it.
  window.addEventListener("beforeprint", function () {
    form.querySelectorAll("textarea").forEach(function (field) {
      var copy = field.nextElementSibling;
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
