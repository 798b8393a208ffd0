package io.k3j.kubeletserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.edgeapi.Exchange;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.pki.Profile;
import io.k3j.pki.SubjectNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Who may do what on the kubelet's port. A client certificate names its user itself; a bearer token is shown to the
/// API server by `TokenReview`; both are allowed what `SubjectAccessReview` says of the node's subresources. Who is
/// neither gets 401. See <https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/>. Any thread;
/// blocks while the API server is asked, at most [ReviewTurns#MOST] times at once. Nothing is allowed while it cannot
/// be asked, except to the API server itself and other masters.
///
/// Answers are remembered for as long as upstream's kubelet does by default: `authentication.webhook.cacheTTL` (2 min)
/// and `authorization.webhook.cacheAuthorizedTTL`, `cacheUnauthorizedTTL` (5 min, 30 s). There is no anonymous access.
final class RequestAccess {
    private static final Gvr TOKENS = new Gvr("authentication.k8s.io", "v1", "tokenreviews");
    private static final Gvr ACCESS = new Gvr("authorization.k8s.io", "v1", "subjectaccessreviews");
    /// Reviews are created and not kept: they have no name.
    private static final Key NO_KEY = Key.of("");
    /// The group that may do everything, whatever the authorizers say (Using RBAC Authorization, user-facing roles).
    private static final String MASTERS = "system:masters";
    /// This project's API server, and that of a server of K3s in the same cluster.
    private static final Set<String> API_SERVERS = Set.of(Profile.KUBELET_CLIENT, "system:apiserver");
    private static final String BEARER = "bearer ";
    /// Characters of the header. Whatever is longer is no token and is not worth a digest.
    private static final int LONGEST_TOKEN = 64 * 1024;
    /// How long a request waits for a turn of its address, and of all, before it is told 503.
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration AUTHENTICATED = Duration.ofMinutes(2);
    private static final Duration NOT_AUTHENTICATED = Duration.ofSeconds(10);
    private static final Duration AUTHORIZED = Duration.ofMinutes(5);
    private static final Duration NOT_AUTHORIZED = Duration.ofSeconds(30);
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
    private final ApiClient api;
    private final String node;
    private final ReviewTurns turns = new ReviewTurns();
    /// By digest of the token, so that no token lies in memory longer than its request. Whom the API server did not
    /// know is [User#NOBODY] in it.
    private final AnswerCache<User> users;
    /// By the whole question: who, which verb, which subresource.
    private final AnswerCache<Boolean> answers;

    /// Who asks, as `UserInfo` of a TokenReview; without a name it is nobody.
    /// @param uid empty for a certificate
    /// @param extra whatever the authenticator adds; it goes into the SubjectAccessReview unread
    private record User(String name, String uid, List<String> groups, Struct extra) {
        private static final User NOBODY = new User("", "", List.of(), Struct.EMPTY);
    }

    /// @param api asked as the node itself
    /// @param node its name, the object every review is about
    RequestAccess(ApiClient api, String node, TimeSource clock) {
        this.api = api;
        this.node = node;
        users = new AnswerCache<>(clock.monotonic());
        answers = new AnswerCache<>(clock.monotonic());
    }

    /// Returns when a request may be answered. The API server is let in without a review: its own authorizers have
    /// decided, and logs must work while it cannot be asked back.
    /// @param first the first part of its path, decoded
    /// @throws Refusal 401 for nobody, 403 for somebody who may not, 500 when a review fails, 503 when too many wait
    void admit(Exchange x, String first) {
        User user = user(x);
        if (user.name().isEmpty()) {
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

    /// A certificate was verified against the port's client authorities before the request got here, so its subject is
    /// taken at its word: the common name is the user, each organization a group (Authenticating, X.509 client
    /// certificates). With a certificate no token is looked at. A header of any other scheme is nobody.
    private User user(Exchange x) {
        if (!x.clientCertificates().isEmpty()) {
            SubjectNames who = SubjectNames.of(x.clientCertificates().getFirst().getSubjectX500Principal());
            List<String> groups = new ArrayList<>(who.organizations());
            groups.add("system:authenticated");
            return new User(who.commonName(), "", groups, Struct.EMPTY);
        }
        String given = x.header("authorization").orElse("").strip();
        if (!given.toLowerCase(Locale.ROOT).startsWith(BEARER) || given.length() > LONGEST_TOKEN) {
            return User.NOBODY;
        }
        String token = given.substring(BEARER.length()).strip();
        String digest = digest(token);
        return users.find(digest).orElseGet(() -> {
            User found = reviewed(x, token);
            users.keep(digest, found, found.name().isEmpty() ? NOT_AUTHENTICATED : AUTHENTICATED);
            return found;
        });
    }

    private static String digest(String token) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @throws Refusal 500 or 503 when the API server cannot be asked; then nothing is remembered
    private User reviewed(Exchange x, String token) {
        if (token.isEmpty()) {
            return User.NOBODY;
        }
        Struct status = ask(x, TOKENS, "TokenReview", Struct.of("token", token));
        Struct user = status.struct("user");
        return status.flag("authenticated") ? new User(user.text("username"), user.text("uid"),
                user.seq("groups").texts(), user.struct("extra")) : User.NOBODY;
    }

    /// `denied` wins over `allowed`, as SubjectAccessReview's status has it.
    private boolean allowed(Exchange x, User user, String verb, String subresource) {
        String question = String.join("\n", user.name(), user.uid(), user.groups().toString(), user.extra().toString(),
                verb, subresource);
        return answers.find(question).orElseGet(() -> {
            Struct what = Struct.of("verb", verb, "version", "v1", "resource", "nodes", "subresource", subresource,
                    "name", node);
            Struct status = ask(x, ACCESS, "SubjectAccessReview", Struct.builder().put("resourceAttributes", what)
                    .put("user", user.name()).putUnlessEmpty("uid", user.uid()).put("groups", user.groups())
                    .putUnlessEmpty("extra", user.extra()).build());
            boolean yes = status.flag("allowed") && !status.flag("denied");
            answers.keep(question, yes, yes ? AUTHORIZED : NOT_AUTHORIZED);
            return yes;
        });
    }

    /// @return the status of the review
    /// @throws Refusal 503 after [#WAIT] without a turn, 500 when the API server refuses or is away
    private Struct ask(Exchange x, Gvr what, String kind, Struct spec) {
        String address = x.remote().getHostString();
        try {
            if (!turns.begin(address, WAIT)) {
                throw new Refusal(503, "too many requests wait for a " + kind + "; try again later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "the kubelet stops");
        }
        try {
            return api.post(what, NO_KEY, "", Struct.of("apiVersion", what.group() + "/v1", "kind", kind, "metadata",
                    Struct.EMPTY, "spec", spec)).struct("status");
        } catch (ApiFault e) {
            throw new Refusal(500, kind + " failed: " + e.getMessage());
        } finally {
            turns.end(address);
        }
    }
}
