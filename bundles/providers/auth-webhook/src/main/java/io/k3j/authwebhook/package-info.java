/// Authorizes by webhooks: the API server's `authorization-…` flags, or an AuthorizationConfiguration; upstream's
/// `authorizer/webhook` and structured authorization. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authorization/#using-configuration-file-for-authorization>.
///
/// ```
/// flags, file ─► AuthorizationConfiguration ─ AuthorizationRules ─► AuthorizerChain
/// file changes ─ ConfigurationReload ─► another list of steps
///
/// request ─► AuthorizerChain ─► Node, RBAC (services), AlwaysAllow, AlwaysDeny,
///                               WebhookAuthorizer ─ ReviewConditions, DecisionCache, AccessReview ─► HTTPS
/// ```
///
/// `system:masters` never depends on a webhook. A webhook is waited for without a seat, as long as its timeout at most;
/// what it answers is bounded in size, and what is kept of it in number.
@NullMarked
package io.k3j.authwebhook;

import org.jspecify.annotations.NullMarked;
