/// Who asks: client certificates, tokens of service accounts, bootstrap tokens; and the making of service
/// account tokens. See <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>.
///
/// Reads: `service.key` and `service.current.key` below `<data-dir>/server/tls`; service accounts, pods,
/// secrets and nodes as views. Writes: nothing. Tokens are never logged.
@NullMarked
package io.k3j.authtokens;

import org.jspecify.annotations.NullMarked;
