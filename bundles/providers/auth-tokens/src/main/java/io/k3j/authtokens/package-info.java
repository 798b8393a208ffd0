/// Authentication: front proxies, client certificates, service account tokens, bootstrap tokens; and issuing service
/// account tokens. See <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>.
///
/// Reads `service.key` and `service.current.key` in `<data-dir>/server/tls`; service accounts, pods, secrets
/// and nodes through views. Writes nothing. Tokens are never logged.
@NullMarked
package io.k3j.authtokens;

import org.jspecify.annotations.NullMarked;
