/*
 * Passkeys: asks the browser's authenticator what the server wants to know, and sends its answer as a form field.
 *
 *   <form data-passkey="create|get|login" data-options='{"publicKey": …}'> … <input type="hidden" name="credential">
 *
 * "login" fetches its options first, since nobody is known yet. Words come from the form's data attributes.
 */

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }));

function creationOptions({ publicKey }, passwordless) {
  const selection = { ...publicKey.authenticatorSelection };
  selection.residentKey = passwordless ? "required" : "discouraged";
  selection.requireResidentKey = passwordless;
  if (passwordless) selection.userVerification = "required";
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      authenticatorSelection: selection,
    },
  };
}

function requestOptions({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  };
}

/** A credential as JSON: every buffer in base64url, nothing the server does not ask for. */
function asJSON(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  };
}

async function ask(form) {
  if (form.dataset.passkey === "create") {
    const options = JSON.parse(form.dataset.options);
    return navigator.credentials.create(creationOptions(options, form.elements.passwordless?.checked ?? true));
  }
  if (form.dataset.passkey === "get") return navigator.credentials.get(requestOptions(JSON.parse(form.dataset.options)));
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new TypeError(`${answer.status}`);
  return navigator.credentials.get(requestOptions((await answer.json()).request_options));
}

function whatWentWrong(error) {
  if (error.name === "InvalidStateError") return "needless";
  if (error.name === "SecurityError") return "nameless";
  return error instanceof TypeError ? "unreachable" : "cancelled";
}

function say(form, what) {
  const status = form.querySelector("[data-passkey-status]");
  status.textContent = what ? form.dataset[what] : "";
  status.hidden = !what;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    event.stopPropagation(); // forms.js has nothing to send yet
    if (!window.PublicKeyCredential) return say(form, "unsupported");
    say(form, null);
    try {
      form.elements.credential.value = JSON.stringify(asJSON(await ask(form)));
      form.requestSubmit();
    } catch (error) {
      say(form, whatWentWrong(error));
    }
  });
}
