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

  /* who is there and who waits changes; what is offered is asked for anew */
  function renew() {
    return fetched(panel.getAttribute("data-again"), {}).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("act-forms");
      var old = document.getElementById("act-forms");
      if (fresh && old) { old.parentNode.replaceChild(fresh, old); }
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
      return renew();
    }, function () { form.submit(); });
  });
})();
