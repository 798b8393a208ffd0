/// The Node authorizer: the permissions of a kubelet follow from the pods bound to its node. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/node/>.
///
/// Reads pods, claims, volume attachments and resource slices, through views. Writes nothing. Decides only for
/// users `system:node:<name>` in the group `system:nodes`; has no opinion on others, and never denies.
@NullMarked
package io.k3j.authnode;

import org.jspecify.annotations.NullMarked;
