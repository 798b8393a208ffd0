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
        Obj account = subjects.account(call.key().namespace(), call.key().name())
                .orElseThrow(() -> ApiFault.notFound(Subjects.ACCOUNTS, call.key().name()));
        Struct spec = call.body().struct("spec");
        long asked = spec.whole("expirationSeconds", DEFAULT_SECONDS);
        check(asked);
        long most = keys.options().mostSeconds();
        long seconds = most == 0 ? asked : Math.min(asked, most);
        Seq audiences = spec.seq("audiences").isEmpty() ? Seq.copyOf(keys.audiences()) : spec.seq("audiences");
        Struct about = about(account, spec.struct("boundObjectRef"));
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        boolean apiAudiences = audiences.texts().stream().allMatch(keys.audiences()::contains);
        boolean extended = keys.options().extended() && seconds == KUBELET_SECONDS && about.has("pod") && apiAudiences;
        long expiration = now.getEpochSecond() + (extended ? YEAR_SECONDS : seconds);
        if (extended) {
            about = about.with("warnafter", now.getEpochSecond() + seconds);
        }
        Struct claims = Struct.of("aud", audiences, "exp", expiration, "iat", now.getEpochSecond(), "iss",
                keys.issuer(),
                "jti", UUID.randomUUID().toString(), "kubernetes.io", about, "nbf", now.getEpochSecond(), "sub",
                "system:serviceaccount:" + account.namespace() + ":" + account.name());
        Struct meta = Struct.of("name", account.name(), "namespace", account.namespace(), "creationTimestamp",
                now.toString());
        return Struct.of("kind", "TokenRequest", "apiVersion", "authentication.k8s.io/v1", "metadata", meta, "spec",
                spec.with("audiences", audiences).with("expirationSeconds", seconds), "status",
                Struct.of("token", keys.sign(claims), "expirationTimestamp", now.plusSeconds(seconds).toString()));
    }

    /// The answer names no object, as upstream's.
    private static void check(long seconds) {
        if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) {
            return;
        }
        String why = seconds < MIN_SECONDS ? "may not specify a duration less than 10 minutes"
                : "may not specify a duration larger than 2^32 seconds";
        throw FieldProblem.fault(Gvk.of("authentication.k8s.io/v1", "TokenRequest"), "",
                List.of(FieldProblem.invalid("spec.expirationSeconds", seconds, why)));
    }

    private Struct about(Obj account, Struct bound) {
        Struct about = Struct.of("namespace", account.namespace(), "serviceaccount",
                Struct.of("name", account.name(), "uid", account.uid()));
        if (bound.isEmpty()) {
            return about;
        }
        String name = bound.text("name");
        return switch (bound.text("kind")) {
            case "Pod" -> pod(about, account, found(subjects.pod(account.namespace(), name), Subjects.PODS, bound));
            case "Secret" -> about.with("secret",
                    reference(found(subjects.secret(account.namespace(), name), Subjects.SECRETS, bound)));
            case "Node" -> about.with("node", reference(found(subjects.node(name), Subjects.NODES, bound)));
            default -> throw ApiFault.badRequest("cannot bind token for serviceaccount \"" + account.name()
                    + "\" to object with kind \"" + bound.text("kind") + "\"; only Pod, Secret and Node are allowed");
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
            throw ApiFault.conflict(resource, o.name(), "the UID in the bound object reference (" + uid
                    + ") does not match the UID in record. The object might have been deleted and then recreated");
        }
        return o;
    }
}
