/// Role-based access control. See <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.
///
/// Reads roles, cluster roles and their bindings, through views. Writes the bootstrap roles and bindings of
/// `bootstrap.txt` at the start (only what is missing), and the rules of aggregated cluster roles, of which it
/// is the sole writer. [io.k3j.authrbac.RuleIndex] is the core: subjects to rules; a change costs what its namespace
/// holds.
@NullMarked
package io.k3j.authrbac;

import org.jspecify.annotations.NullMarked;
