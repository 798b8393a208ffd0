/// Authenticates tokens of OpenID Connect issuers, by the API server's `oidc-*` flags or by an
/// AuthenticationConfiguration; upstream's `authenticator/token/oidc` and structured authentication. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration>.
///
/// ```
/// flags, file ─► AuthenticationConfiguration ─ ConfigurationRules ─► Issuers: a JwtAuthenticator for each issuer
/// file changes ─ ConfigurationReload ─► other Issuers
///
/// token ─► OidcAuthenticator ─► Issuers (by `iss`) ─► IdTokenVerifier, RemoteKeySet ─► ClaimMapper (CEL) ─► Caller
/// ```
///
/// No issuer is asked on behalf of a token that does not name it, and a request never waits for one but for keys that
/// are not known yet, which is bounded. What is read from issuers is bounded in size and time. Tokens are never logged.
@NullMarked
package io.k3j.authoidc;

import org.jspecify.annotations.NullMarked;
