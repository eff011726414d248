/**
 * The client of Vestibule for an app's own pages: an ES module without dependencies.
 *
 *     import { connect } from "https://vestibule.example.com/client.js";
 *
 *     const { appMember } = connect({ app: "shift-planner", token: () => askMyServer() });
 *     await appMember.invite({ email: "ana@example.com", role: "Employee" });
 *
 * Fields are named as in the API, and so are the objects that come back. The page's origin must be
 * among the app's origins, and its Content-Security-Policy must let it load this module
 * (`script-src`) and call the server that it comes from (`connect-src`). No cookie is ever sent.
 *
 * @typedef {{ path: string, code: string, message: string }} FieldError
 * @typedef {{ object: "list", data: object[],
 *             list_metadata: { before: string | null, after: string | null } }} List
 * @typedef {{ limit?: number, before?: string, after?: string }} Window
 * @typedef {{ email: string, role: string, expires_in_days?: number, expires_at?: string,
 *             locale?: string, redirect_url?: string, metadata?: object }} NewInvitation
 */

/** A refusal. Nothing was changed. Programs compare `code`, people read `message`. */
export class VestibuleError extends Error {
  /** @param {{ status: number, code: string, detail: string, errors?: FieldError[] }} problem */
  constructor(problem) {
    super(problem.detail);
    this.name = "VestibuleError";
    /** The HTTP status. */
    this.status = problem.status;
    /** Which rule refused, such as `role_not_allowed`. */
    this.code = problem.code;
    /** Every fault in what was sent; empty unless `status` is 422. */
    this.errors = problem.errors ?? [];
  }
}

/**
 * Connect a page to its app. Calls raise VestibuleError when the server refuses, and TypeError when
 * the browser cannot reach it or the page's origin is not registered with the app.
 *
 * @param {object} options
 * @param {string} options.app The app's slug or id.
 * @param {string | (() => string | Promise<string>)} [options.token] An app member's token, or who
 *     knows it: asked at each call. Not needed for signing in.
 * @param {string | URL} [options.url] Where Vestibule is, if not where this module comes from.
 */
export function connect({ app, token, url = new URL(import.meta.url).origin }) {
  const place = encodeURIComponent(app);
  const call = caller(new URL(`/api/v1/apps/${place}`, url), token);
  return {
    appMember: {
      /** Who is signed in: name, address, roles. */
      me: () => call("GET", "/me"),
      /**
       * The members of the app, the newest first; `q` looks into names and addresses.
       * @param {{ role?: string, q?: string } & Window} [filter]
       * @returns {Promise<List>}
       */
      list: (filter) => call("GET", "/members" + query(filter)),
      /**
       * Invite somebody by mail. Inviting them again renews the invitation that is there.
       * @param {NewInvitation} invitation
       */
      invite: (invitation) => call("POST", "/invitations", invitation),
      /**
       * The app's invitations, the newest first.
       * @param {{ state?: string | string[], email?: string } & Window} [filter]
       * @returns {Promise<List>}
       */
      invitations: (filter) => call("GET", "/invitations" + query(filter)),
      /** Mail a new link; the old one stops working. @param {string} id */
      resend: (id) => call("POST", `/invitations/${encodeURIComponent(id)}/resend`),
      /** Take an invitation back. @param {string} id */
      revoke: (id) => call("POST", `/invitations/${encodeURIComponent(id)}/revoke`),
    },

    /**
     * Leave for the app's login or register page. It leads back to `redirectUrl`, which must be
     * registered with the app; call `signedIn` there.
     * @param {{ redirectUrl: string, page?: "login" | "register" }} options
     */
    async signIn({ redirectUrl, page = "login" }) {
      const [state, verifier] = [random(), random()];
      sessionStorage.setItem(kept(app), JSON.stringify({ state, verifier }));
      const target = new URL(`/apps/${place}/${page}`, url);
      target.search = query({
        redirect_url: redirectUrl,
        state,
        code_challenge: await challenge(verifier),
        code_challenge_method: "S256",
      });
      location.assign(target);
    },

    /**
     * What the address of the page says when somebody came back to it: hand both to your server,
     * which exchanges them at once (`POST …/sessions`). Null: nobody is coming back. Raises Error
     * if the answer is not to a question of this tab.
     * @returns {{ code: string, code_verifier: string } | null}
     */
    signedIn() {
      const page = new URL(location.href);
      const [code, state] = ["code", "state"].map((name) => page.searchParams.get(name));
      if (!code) return null;
      const asked = JSON.parse(sessionStorage.getItem(kept(app)) ?? "{}");
      sessionStorage.removeItem(kept(app));
      for (const name of ["code", "state"]) page.searchParams.delete(name);
      history.replaceState(history.state, "", page);
      if (!asked.state || asked.state !== state) {
        throw new Error("This sign-in did not begin in this tab. Sign in again.");
      }
      return { code, code_verifier: asked.verifier };
    },
  };
}

/** Give the function that calls the API: JSON in, JSON out, refusals raised. */
function caller(base, token) {
  return async (method, path, body) => {
    const headers = { Accept: "application/json" };
    const shown = typeof token === "function" ? await token() : token;
    if (shown) headers.Authorization = `Bearer ${shown}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(base + path, {
      method,
      headers,
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    if (!answer.ok) throw new VestibuleError(await problemOf(answer));
    return answer.status === 204 ? null : answer.json();
  };
}

/** Read a refusal. What is no problem document comes from something between us and the server. */
async function problemOf(answer) {
  const isProblem = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (isProblem) return answer.json();
  const detail = `The server cannot be reached (${answer.status}). Try again in a moment.`;
  return { status: answer.status, code: "unavailable", detail };
}

/** Write a query. A list gives its name once for each; what is not set is left out. */
function query(fields = {}) {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  const pairs = set.flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}

const kept = (app) => `vestibule:${app}`;

/** 256 bits that nobody can guess. */
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The challenge that goes with a verifier (PKCE, RFC 7636, S256). Browsers ask for https here. */
async function challenge(verifier) {
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
}

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
