/* The part of a page that renews itself: whoever types in it is not disturbed. Old browsers run this, too. */
(function () {
  "use strict";
  var box = document.getElementById("inbox");
  if (!box || !window.XMLHttpRequest) { return; }
  var every = Number(box.getAttribute("data-again"));
  var before = null;

  function busy() {
    var here = document.activeElement;
    return document.hidden || (here && box.contains(here) && /^(INPUT|SELECT|TEXTAREA|BUTTON|A)$/.test(here.tagName));
  }

  function again() {
    if (busy()) { setTimeout(again, every); return; }
    var asked = new XMLHttpRequest();
    asked.open("GET", window.location.href);
    asked.setRequestHeader("X-Part", "inbox");
    asked.onload = function () {
      /* the tokens of forms differ each time and say nothing */
      var text = asked.responseText.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
      if (asked.status === 200 && text !== before && !busy()) {
        if (before !== null) { box.innerHTML = asked.responseText; }
        before = text;
      }
      setTimeout(again, every);
    };
    asked.onerror = function () { setTimeout(again, every * 3); };
    asked.send();
  }
  setTimeout(again, every);
})();
