/// Authenticates bearer tokens by asking a webhook: the API server's `authentication-token-webhook-…` flags; upstream's
/// `authenticator/token/webhook`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication>.
///
/// ```
/// flags ─► TokenWebhookOptions ─► TokenWebhook (the component)
/// token ─► TokenWebhookAuthenticator ─ ReviewCache ─► TokenReview ─► HTTPS ─► Caller
/// ```
///
/// It is asked last, of tokens that nobody else knows; once for each, whoever shows it meanwhile waits for the same
/// answer. What it answers is bounded in size, what is kept of it in number. Tokens are neither logged nor kept, their
/// hashes are.
@NullMarked
package io.k3j.authtokenwebhook;

import org.jspecify.annotations.NullMarked;
