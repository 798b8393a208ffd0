/// What answers on the kubelet's port, 10250; upstream's `server`.
///
/// **Promise.** [KubeletServer] lets in whom `TokenReview` and `SubjectAccessReview` let in (ADR 0091) and serves
/// logs, exec, attach, port-forward, `/pods`, `/stats/summary`, `/metrics` and `/configz` of the [KubeletHost] it is
/// given.
///
/// **Threads.** One per request, which it blocks, and one more while a session copies; it has none of its own. At
/// most 500 exec, attach and port-forward sessions and 16 reviews at once. **Errors.** Every failure is an answer to
/// the request. See <https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/>.
@NullMarked
package io.k3j.kubeletserver;

import org.jspecify.annotations.NullMarked;
