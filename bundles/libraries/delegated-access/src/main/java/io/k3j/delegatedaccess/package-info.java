/// Delegated authentication and authorization, upstream's `DelegatingAuthenticationOptions` and
/// `DelegatingAuthorizationOptions`: a port beside the API server's asks that one who somebody is and what he may.
///
/// [AccessReviews] is made by whoever serves the port, one for each, and lives as long. It has no threads of its own
/// and holds nothing but its answers, which are bounded; who asks waits. Source:
/// <https://kubernetes.io/docs/reference/access-authn-authz/webhook/> and
/// <https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/>.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.delegatedaccess;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
