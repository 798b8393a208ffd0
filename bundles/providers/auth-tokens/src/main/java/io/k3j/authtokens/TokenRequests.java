package io.k3j.authtokens;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// `serviceaccounts/token`: issues tokens. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/>.
@Component(service = Action.class)
public final class TokenRequests implements Action {
    private static final long MIN_SECONDS = 600;
    private static final long MAX_SECONDS = 1L << 32;
    private static final long DEFAULT_SECONDS = 3600;
    /// The expiration kubelets request. Upstream extends such tokens to a year, for clients that do not reload
    /// them.
    private static final long KUBELET_SECONDS = 3607;
    private static final Gvk KIND = Gvk.of("authentication.k8s.io/v1", "TokenRequest");
    private static final long YEAR_SECONDS = 365 * 24 * 3600L;

    private final AccountKeys keys;
    private final Subjects subjects;
    private final InstantSource clock;

    /// @param keys sign the tokens
    /// @param subjects the objects tokens are bound to
    @Activate
    public TokenRequests(@Reference AccountKeys keys, @Reference Subjects subjects) {
        this(keys, subjects, InstantSource.system());
    }

    TokenRequests(AccountKeys keys, Subjects subjects, InstantSource clock) {
        this.keys = keys;
        this.subjects = subjects;
        this.clock = clock;
    }

    @Override
    public Gvr resource() {
        return Subjects.ACCOUNTS;
    }

    @Override
    public String subresource() {
        return "token";
    }

    @Override
    public Struct perform(Call call) {
        Struct given = call.body().struct("metadata");
        named(call, given, "name", call.key().name());
        named(call, given, "namespace", call.key().namespace());
        Obj account = subjects.account(call.key().namespace(), call.key().name())
                .orElseThrow(() -> ApiFault.notFound(Subjects.ACCOUNTS, call.key().name()));
        identified(account, given.text("uid"));
        Struct spec = call.body().struct("spec");
        long seconds = seconds(call, spec.whole("expirationSeconds", DEFAULT_SECONDS));
        Seq audiences = spec.seq("audiences").isEmpty() ? Seq.copyOf(keys.audiences()) : spec.seq("audiences");
        Struct about = about(account, spec.struct("boundObjectRef"));
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        boolean apiAudiences = audiences.texts().stream().allMatch(keys.audiences()::contains);
        boolean extended = keys.options().extended() && seconds == KUBELET_SECONDS && about.has("pod") && apiAudiences;
        long expiration = now.getEpochSecond() + (extended ? YEAR_SECONDS : seconds);
        if (extended) {
            about = about.with("warnafter", now.getEpochSecond() + seconds);
        }
        String id = UUID.randomUUID().toString();
        Struct claims = Struct.of("aud", audiences, "exp", expiration, "iat", now.getEpochSecond(), "iss",
                keys.issuer(), "jti", id, "kubernetes.io", about, "nbf", now.getEpochSecond(), "sub",
                "system:serviceaccount:" + account.namespace() + ":" + account.name());
        String token = keys.sign(claims);
        call.notes().annotate("authentication.kubernetes.io/issued-credential-id", "JTI=" + id);
        return Struct.of("kind", "TokenRequest", "apiVersion", "authentication.k8s.io/v1", "metadata",
                metadata(account, now), "spec",
                spec.with("audiences", audiences).with("expirationSeconds", seconds), "status",
                Struct.of("token", token, "expirationTimestamp", now.plusSeconds(seconds).toString()));
    }

    private static Struct metadata(Obj account, Instant now) {
        return Struct.builder().put("name", account.name()).put("namespace", account.namespace())
                .putUnlessEmpty("uid", account.uid()).put("creationTimestamp", now.toString()).build();
    }

    /// A body that names an account at all names that of the path.
    private static void named(Call call, Struct metadata, String field, String wanted) {
        String given = metadata.text(field);
        if (!given.isEmpty() && !given.equals(wanted)) {
            throw FieldProblem.fault(KIND, call.key().name(), List.of(FieldProblem.invalid("metadata." + field, given,
                    "must match the service account " + field + " if specified")));
        }
    }

    /// Who asks for a token of a certain account is not given one of another that has its name now.
    private static void identified(Obj account, String uid) {
        if (!uid.isEmpty() && !uid.equals(account.uid())) {
            throw ApiFault.conflict(new Gvr(KIND.group(), KIND.version(), KIND.kind()), account.name(),
                    "the UID in the token request (" + uid + ") does not match the UID of the service account ("
                            + account.uid() + ")");
        }
    }

    private long seconds(Call call, long asked) {
        check(asked);
        long most = keys.options().mostSeconds();
        if (most == 0 || asked <= most) {
            return asked;
        }
        call.notes().accept("requested expiration of " + asked + " seconds shortened to " + most + " seconds");
        return most;
    }

    /// The answer names no object, as upstream's.
    private static void check(long seconds) {
        if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) {
            return;
        }
        String why = seconds < MIN_SECONDS ? "may not specify a duration less than 10 minutes"
                : "may not specify a duration larger than 2^32 seconds";
        throw FieldProblem.fault(KIND, "",
                List.of(FieldProblem.invalid("spec.expirationSeconds", seconds, why)));
    }

    private Struct about(Obj account, Struct bound) {
        Struct about = Struct.of("namespace", account.namespace(), "serviceaccount",
                Struct.of("name", account.name(), "uid", account.uid()));
        if (bound.isEmpty()) {
            return about;
        }
        String name = bound.text("name");
        Gvk kind = Gvk.of(bound.text("apiVersion"), bound.text("kind"));
        return switch (kind.group().isEmpty() ? kind.kind() : "") {
            case "Pod" -> pod(about, account, found(subjects.pod(account.namespace(), name), Subjects.PODS, bound));
            case "Secret" -> about.with("secret",
                    reference(found(subjects.secret(account.namespace(), name), Subjects.SECRETS, bound)));
            case "Node" -> about.with("node", reference(found(subjects.node(name), Subjects.NODES, bound)));
            default -> throw ApiFault.badRequest("cannot bind token to object of type " + kind.group() + "/"
                    + kind.version() + ", Kind=" + kind.kind());
        };
    }

    private Struct pod(Struct about, Obj account, Obj pod) {
        String used = pod.spec().text("serviceAccountName");
        if (!used.equals(account.name())) {
            throw ApiFault.badRequest("cannot bind token for serviceaccount \"" + account.name()
                    + "\" to pod running with different serviceaccount name.");
        }
        Struct with = about.with("pod", reference(pod));
        String node = pod.spec().text("nodeName");
        return node.isEmpty() ? with
                : with.with("node", subjects.node(node).map(TokenRequests::reference)
                        .orElse(Struct.of("name", node)));
    }

    private static Struct reference(Obj object) {
        return Struct.of("name", object.name(), "uid", object.uid());
    }

    private static Obj found(Optional<Obj> object, Gvr resource, Struct bound) {
        Obj o = object.orElseThrow(() -> ApiFault.notFound(resource, bound.text("name")));
        String uid = bound.text("uid");
        if (!uid.isEmpty() && !uid.equals(o.uid())) {
            // upstream tells the kind here, and no resource
            throw ApiFault.conflict(new Gvr("", "v1", bound.text("kind")), o.name(),
                    "the UID in the bound object reference (" + uid
                            + ") does not match the UID in record."
                            + " The object might have been deleted and then recreated");
        }
        return o;
    }
}
