/* A report that is being made shows by itself when it is there; one that is read is not taken away.
   Written for browsers of 2018: no modules, nothing newer than ES2017. */
(function () {
  "use strict";
  var body = document.getElementById("report-body");
  if (!body || !body.hasAttribute("data-again")) { return; }
  var address = window.location.pathname + "?" + body.getAttribute("data-again");
  var ready = body.querySelector("[data-ready]");
  var PAUSE = 1000;

  function again() {
    fetch(address, { headers: { "X-Part": "report" }, credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 202) { setTimeout(again, PAUSE); return null; }
      return answer.text().then(answer.ok && !answer.redirected ? show : reload);
    }).catch(function () { setTimeout(again, 3 * PAUSE); });
  }

  function reload() { window.location.assign(address); }

  function show(html) {
    if (ready) { ready.hidden = false; document.getElementById("report-said").textContent = ready.textContent; return; }
    var page = new DOMParser().parseFromString(html, "text/html");
    ["report-head", "report-body"].forEach(function (id) {
      var old = document.getElementById(id);
      old.parentNode.replaceChild(page.getElementById(id), old);
    });
    document.title = page.title;
    document.getElementById("report-said").textContent = page.querySelector("h1").textContent;
  }

  again();
})();
