package io.k3j.authrbac;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The access reviews of `authorization.k8s.io`, answered by all registered authorizers. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/authorization/>.
@Component(service = {}, immediate = true)
public final class Reviews {
    private static final String GROUP = "authorization.k8s.io";
    private static final String VERSION = "v1";
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authorizer> authorizers = List.of();
    private final List<ServiceRegistration<Action>> actions = new ArrayList<>();

    /// Registers one action for each review.
    @Activate
    public Reviews(BundleContext context) {
        all().forEach(review -> actions.add(context.registerService(Action.class, review, new Hashtable<>())));
    }

    Reviews(List<Authorizer> authorizers) {
        this.authorizers = authorizers;
    }

    /// The reviews there are.
    List<Review> all() {
        return List.of(new Review("subjectaccessreviews", this::subject),
                new Review("localsubjectaccessreviews", this::local),
                new Review("selfsubjectaccessreviews", this::self),
                new Review("selfsubjectrulesreviews", this::rules));
    }

    /// The action of one review. It keeps its seats while somebody outside is asked: the places there are for whom is
    /// decided about, and who asks in others' names could take all of theirs.
    record Review(String name, Function<Action.Call, Struct> answer) implements Action {
        @Override
        public Gvr resource() {
            return new Gvr(GROUP, VERSION, name);
        }

        @Override
        public String subresource() {
            return "";
        }

        @Override
        public Struct perform(Call call) {
            return Unseated.in(Runnable::run, () -> answer.apply(call));
        }
    }

    private Struct subject(Action.Call call) {
        check(ReviewRules.subject(call.body()));
        return access(call.body(), subject(call.body().struct("spec")));
    }

    private Struct self(Action.Call call) {
        check(ReviewRules.self(call.body()));
        return access(call.body(), call.caller());
    }

    /// A review without a namespace is of the namespace it is posted to.
    private Struct local(Action.Call call) {
        String namespace = call.body().struct("metadata").text("namespace");
        if (!namespace.isEmpty() && !namespace.equals(call.key().namespace())) {
            throw ApiFault.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        Struct review = call.body().withAt(call.key().namespace(), "metadata", "namespace");
        check(ReviewRules.local(review));
        return access(review, subject(review.struct("spec")));
    }

    /// The answer names no kind, as upstream's.
    private static void check(List<FieldProblem> problems) {
        if (!problems.isEmpty()) {
            throw FieldProblem.fault(new Gvk(GROUP, VERSION, ""), "", problems);
        }
    }

    private static Caller subject(Struct spec) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        spec.struct("extra").forEach((k, v) -> extra.put(k, v instanceof Seq s ? s.texts() : List.of()));
        return new Caller(spec.text("user"), spec.text("uid"), spec.seq("groups").texts(), extra);
    }

    private Struct access(Struct review, Caller caller) {
        Struct spec = review.struct("spec");
        ReviewSelectors selectors = ReviewSelectors.of(spec.struct("resourceAttributes"));
        Decision d = RankedAuthorizers.decide(authorizers, caller, attributes(spec, selectors));
        Struct.Builder status = Struct.builder().put("allowed", d.verdict() == Verdict.ALLOW);
        if (d.verdict() == Verdict.DENY) {
            status.put("denied", true);
        }
        return review.with("status", status.putUnlessEmpty("reason", d.reason())
                .putUnlessEmpty("evaluationError", selectors.problem()).build());
    }

    /// Whoever names no version asks about all of them.
    private static Attributes attributes(Struct spec, ReviewSelectors selectors) {
        Struct r = spec.struct("resourceAttributes");
        Struct n = spec.struct("nonResourceAttributes");
        String version = r.text("version").isEmpty() ? "*" : r.text("version");
        return spec.has("resourceAttributes")
                ? new Attributes(r.text("verb"), r.text("group"), version, r.text("resource"), r.text("subresource"),
                        r.text("namespace"), r.text("name"), "", selectors.fields(), selectors.labels())
                : Attributes.path(n.text("verb"), n.text("path"));
    }

    private Struct rules(Action.Call call) {
        String namespace = call.body().struct("spec").text("namespace");
        if (namespace.isEmpty()) {
            throw ApiFault.badRequest("no namespace on request");
        }
        List<Struct> resources = new ArrayList<>();
        List<Struct> paths = new ArrayList<>();
        String problem = "";
        for (Authorizer a : authorizers.reversed()) {
            resources.addAll(a.resourceRules(call.caller(), namespace));
            paths.addAll(a.pathRules(call.caller()));
            problem = a.rulesProblem();
            if (a.decidesAlone()) {
                break;
            }
        }
        Struct answer = call.body().with("metadata", Struct.EMPTY).with("spec", Struct.EMPTY);
        return answer.with("status", Struct.builder().put("resourceRules", resources).put("nonResourceRules", paths)
                .put("incomplete", !problem.isEmpty()).putUnlessEmpty("evaluationError", problem).build());
    }

    /// Withdraws the actions.
    @Deactivate
    public void stop() {
        actions.forEach(ServiceRegistration::unregister);
    }
}
