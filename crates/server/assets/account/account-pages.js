"use strict";
// The token stands in the fragment, which browsers send to nobody. It is posted only when somebody presses the button:
// programs that follow links in mails must not spend it.
(() => {
  const pages = {
    "reset-password": {
      route: "/auth/reset-password",
      body: (token) => ({ token, new_password: document.getElementById("password").value }),
      done: "Your password is changed. Every device was signed out; sign in with the new password.",
    },
    "verify-email": {
      route: "/auth/email/verify",
      body: (token) => ({ token }),
      done: "Thank you. Your e-mail address is confirmed.",
    },
  };
  const page = pages[document.body.dataset.page];
  const form = document.getElementById("form");
  const outcome = document.getElementById("outcome");
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (!page || !token) {
    return;
  }
  window.history.replaceState(null, "", window.location.pathname);
  outcome.textContent = "";
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    outcome.textContent = "One moment.";
    try {
      const answer = await fetch(page.route, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        credentials: "omit",
        referrerPolicy: "no-referrer",
        body: JSON.stringify(page.body(token)),
      });
      form.hidden = answer.ok;
      outcome.textContent = answer.ok ? page.done : (await answer.json()).detail;
    } catch {
      outcome.textContent = "That did not work. Are you online? Please try again.";
    }
  });
})();
