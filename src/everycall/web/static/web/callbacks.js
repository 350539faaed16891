/* The part of a page that renews itself: whoever types in it is not disturbed, and the keyboard stays
   where it is. Old browsers run this, too. */
(function () {
  "use strict";
  var box = document.getElementById("inbox");
  if (!box || !window.XMLHttpRequest) { return; }
  var every = Number(box.getAttribute("data-again"));
  var before = null;
  var held = false;
  var waiting = null;

  function hold() { held = true; }
  function release() { held = false; }
  box.addEventListener("mousedown", hold);
  box.addEventListener("keydown", hold);
  document.addEventListener("mouseup", release);
  document.addEventListener("keyup", release);
  window.addEventListener("blur", release);

  function focused() {
    var here = document.activeElement;
    return here && here !== box && box.contains(here) ? here : null;
  }

  function busy() {
    var here = focused();
    return document.hidden || held || (here && /^(INPUT|SELECT|TEXTAREA)$/.test(here.tagName));
  }

  /* what a link or a button is, so that it is known again */
  function name(one) {
    var form = one.closest("form");
    return [one.tagName, one.getAttribute("href"), one.name, one.value, form && form.getAttribute("action")].join(" ");
  }

  function renew(html) {
    var here = focused();
    var known = here && name(here);
    box.innerHTML = html;
    if (window.everycallTables) { window.everycallTables(box); }
    if (!known) { return; }
    var found = Array.prototype.filter.call(box.querySelectorAll("a, button, summary"), function (one) {
      return name(one) === known;
    })[0];
    /* what it was on is gone: the next step is from the beginning of this part */
    if (!found) { found = box; box.tabIndex = -1; }
    found.focus({ preventScroll: true });
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(again, every);
  }

  function again() {
    if (busy()) { later(); return; }
    var asked = new XMLHttpRequest();
    asked.open("GET", window.location.href);
    asked.setRequestHeader("X-Part", "inbox");
    asked.onload = function () {
      /* the tokens of forms differ each time and say nothing */
      var text = asked.responseText.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
      if (asked.status === 200 && text !== before && !busy()) {
        if (before !== null) { renew(asked.responseText); }
        before = text;
      }
      later();
    };
    asked.onerror = function () { setTimeout(again, every * 3); };
    asked.send();
  }
  /* something has happened: what is shown is asked for now */
  box.addEventListener("renew", function () { before = before || ""; clearTimeout(waiting); again(); });
  later();
})();
