/* Acts of a supervisor without leaving the live picture; the forms work without this, too.
   Written for browsers of 2018: no modules, nothing newer than ES2017. */
(function () {
  "use strict";
  var panel = document.getElementById("acts");
  if (!panel) { return; }

  function said() { return document.getElementById("act-said"); }

  function fetched(url, given) {
    given.headers = { "HX-Request": "true" };
    given.credentials = "same-origin";
    return fetch(url, given).then(function (answer) { return answer.text(); });
  }

  function each(root, wanted, work) { Array.prototype.forEach.call(root.querySelectorAll(wanted), work); }

  /* whom somebody had chosen stays chosen, as long as they are there */
  function choose(old, fresh) {
    each(old, "form", function (form) {
      var same = fresh.querySelector('form[action="' + form.getAttribute("action") + '"]');
      if (!same) { return; }
      each(form, "select, input[name]:not([type=hidden])", function (field) {
        var other = same.elements[field.name];
        if (other && (other.tagName !== "SELECT" || has(other, field.value))) { other.value = field.value; }
      });
    });
  }

  function has(select, value) {
    return Array.prototype.some.call(select.options, function (one) { return one.value === value; });
  }

  /* the keyboard stays on what was pressed, or at the head of the panel if that is gone */
  function refocus(known) {
    var found = known && panel.querySelector(known);
    (found || panel.querySelector("summary")).focus({ preventScroll: true });
  }

  function known(one) {
    if (!one || !panel.contains(one)) { return ""; }
    var url = one.getAttribute("formaction");
    if (url) { return 'button[formaction="' + url + '"]'; }
    var form = one.closest("form");
    if (!form) { return ""; }
    var inside = one.name ? '[name="' + one.name + '"]' : "button";
    return 'form[action="' + form.getAttribute("action") + '"] ' + inside;
  }

  /* who is there and who waits changes; what is offered is asked for anew */
  function renew(given) {
    return fetched(panel.getAttribute("data-again"), {}).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("act-forms");
      var old = document.getElementById("act-forms");
      if (!fresh || !old) { return; }
      var here = given || (old.contains(document.activeElement) ? known(document.activeElement) : "");
      choose(old, fresh);
      old.parentNode.replaceChild(fresh, old);
      if (here) { refocus(here); }
    });
  }

  panel.addEventListener("toggle", function () { if (panel.open) { renew(); } });

  panel.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter || document.activeElement;
    var url = button && button.getAttribute("formaction") || form.getAttribute("action");
    event.preventDefault();
    fetched(url, { method: "POST", body: new FormData(form) }).then(function (html) {
      said().innerHTML = html;
      return renew(known(button));
    }, function () { form.submit(); });
  });
})();
