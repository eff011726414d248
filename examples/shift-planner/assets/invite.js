// The page of people: invites with Vestibule's own client, as the member who is signed in here.

const form = document.querySelector("#invite");
const outcome = document.querySelector("#outcome");
const invited = document.querySelector("#invited");

const { vestibule, app } = form.dataset;
const { connect } = await import(`${vestibule}/client.js`);
const { appMember } = connect({ app, token });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, role } = Object.fromEntries(new FormData(form));
  try {
    await appMember.invite({ email, role });
    outcome.textContent = `A mail with a link is on its way to ${email}.`;
    form.reset();
    await showInvited();
  } catch (fault) {
    outcome.textContent = fault.message;
  }
});

await showInvited();

async function showInvited() {
  const { data } = await appMember.invitations({ state: "pending" });
  invited.replaceChildren(...data.map(shown));
}

function shown({ id, email, role }) {
  const [item, revoke] = [document.createElement("li"), document.createElement("button")];
  revoke.className = "quiet";
  revoke.textContent = "Take back";
  revoke.addEventListener("click", async () => {
    await appMember.revoke(id);
    await showInvited();
  });
  item.append(`${email} · ${role} `, revoke);
  return item;
}

/** The member's token stays with our server, which hands it to our own pages only. */
async function token() {
  const answer = await fetch("/token", { method: "POST" });
  if (!answer.ok) location.assign("/sign-in");
  return (await answer.json()).token;
}
