package io.k3j.kubeletserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.delegatedaccess.AccessReviews;
import io.k3j.delegatedaccess.ReviewFailure;
import io.k3j.edgeapi.Exchange;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.model.Struct;
import io.k3j.pki.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who may do what on the kubelet's port. Whoever [AccessReviews] knows is allowed what `SubjectAccessReview` says of
/// the node's subresources; anybody else gets 401. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/>. Any thread; blocks while the API
/// server is asked. Nothing is allowed while it cannot be asked, except to the API server itself and other masters.
///
/// Answers are remembered for as long as [AccessLifetimes] say. There is no anonymous access.
final class RequestAccess {
    /// The group that may do everything, whatever the authorizers say (Using RBAC Authorization, user-facing roles).
    private static final String MASTERS = "system:masters";
    /// This project's API server, and that of a server of K3s in the same cluster.
    private static final Set<String> API_SERVERS = Set.of(Profile.KUBELET_CLIENT, "system:apiserver");
    /// What runs or reaches into containers takes `create` however it is asked: a WebSocket can only begin with GET.
    private static final Set<String> COMMANDS = Set.of("run", "exec", "attach", "portForward");
    /// The verbs of upstream's `NodeRequestAttributesGetter`; every other method is `get` here.
    private static final Map<String, String> VERBS = Map.of("POST", "create", "PUT", "update", "PATCH", "patch",
            "DELETE", "delete");
    /// Paths whose own subresource decides and nothing else: a role for `nodes/metrics` does not open the rest.
    private static final Map<String, String> ONLY = Map.of("stats", "stats", "metrics", "metrics", "logs", "log");
    /// Paths that a role may allow one by one, or all together by `nodes/proxy` as before
    /// (<https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#fine-grained-authorization>).
    private static final Map<String, String> FINE = Map.of("pods", "pods", "runningpods", "pods", "healthz", "healthz",
            "configz", "configz");
    private final AccessReviews reviews;
    private final String node;

    /// @param api asked as the node itself
    /// @param node its name, the object every review is about
    RequestAccess(ApiClient api, String node, TimeSource clock) {
        this(api, node, clock, AccessLifetimes.UPSTREAM);
    }

    /// @param lives how long answers count
    RequestAccess(ApiClient api, String node, TimeSource clock, AccessLifetimes lives) {
        this.node = node;
        reviews = new AccessReviews(api, clock, lives.reviews());
    }

    /// Returns when a request may be answered. The API server is let in without a review: its own authorizers have
    /// decided, and logs must work while it cannot be asked back.
    /// @param first the first part of its path, decoded
    /// @throws Refusal 401 for nobody, 403 for somebody who may not, 500 when a review fails, 503 when too many wait
    void admit(Exchange x, String first) {
        try {
            decide(x, first);
        } catch (ReviewFailure e) {
            throw new Refusal(e.status(), String.valueOf(e.getMessage()));
        }
    }

    private void decide(Exchange x, String first) {
        AccessReviews.User user = reviews.user(x);
        if (user.nobody()) {
            throw new Refusal(401, "Unauthorized");
        }
        if (user.groups().contains(MASTERS) || API_SERVERS.contains(user.name())) {
            return;
        }
        String verb = COMMANDS.contains(first) ? "create" : VERBS.getOrDefault(x.method(), "get");
        List<String> subresources = subresources(first);
        for (String subresource : subresources) {
            if (allowed(x, user, verb, subresource)) {
                return;
            }
        }
        throw new Refusal(403, "Forbidden (user=" + user.name() + ", verb=" + verb
                + ", resource=nodes, subresource(s)=[" + String.join(" ", subresources) + "])\n");
    }

    /// One of these has to be allowed. A path that is not known is `proxy`, the widest: what is added later is closed
    /// until somebody says otherwise.
    /// @param first the first part of the path
    /// @return subresources of `nodes`, never empty
    static List<String> subresources(String first) {
        if (ONLY.containsKey(first)) {
            return List.of(ONLY.get(first));
        }
        return FINE.containsKey(first) ? List.of(FINE.get(first), "proxy") : List.of("proxy");
    }

    private boolean allowed(Exchange x, AccessReviews.User user, String verb, String subresource) {
        return reviews.allowed(x, user, "resourceAttributes", Struct.of("verb", verb, "version", "v1", "resource",
                "nodes", "subresource", subresource, "name", node));
    }
}
