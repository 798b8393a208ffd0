/// Role-based access control. See <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.
///
/// Reads: roles, cluster roles and their bindings, as views. Writes: the bootstrap roles and bindings of
/// `bootstrap.txt` at start (only what is missing), and the rules of aggregated cluster roles, of which it
/// is the sole writer. [io.k3j.authrbac.RuleIndex] is the heart: subjects to rules, rebuilt when a view
/// has changed.
@NullMarked
package io.k3j.authrbac;

import org.jspecify.annotations.NullMarked;
