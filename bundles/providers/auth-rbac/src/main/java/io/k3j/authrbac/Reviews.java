package io.k3j.authrbac;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
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
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authorizer> authorizers = List.of();
    private final List<ServiceRegistration<Action>> actions = new ArrayList<>();

    /// Registers one action for each review.
    @Activate
    public Reviews(BundleContext context) {
        Map<String, Function<Action.Call, Struct>> all = new LinkedHashMap<>();
        all.put("subjectaccessreviews", c -> access(c, subject(c.body().struct("spec"))));
        all.put("localsubjectaccessreviews", this::local);
        all.put("selfsubjectaccessreviews", c -> access(c, c.caller()));
        all.put("selfsubjectrulesreviews", this::rules);
        all.forEach((name, answer) -> actions.add(context.registerService(Action.class, new Review(name, answer),
                new Hashtable<>())));
    }

    /// The action of one review. It keeps its seats while somebody outside is asked: the places there are for whom is
    /// decided about, and who asks in others' names could take all of theirs.
    record Review(String name, Function<Action.Call, Struct> answer) implements Action {
        @Override
        public Gvr resource() {
            return new Gvr("authorization.k8s.io", "v1", name);
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

    private Struct local(Action.Call call) {
        String namespace = call.body().struct("spec").struct("resourceAttributes").text("namespace");
        if (!namespace.equals(call.key().namespace())) {
            throw ApiFault.badRequest("spec.resourceAttributes.namespace must match namespace: "
                    + call.key().namespace());
        }
        return access(call, subject(call.body().struct("spec")));
    }

    private static Caller subject(Struct spec) {
        if (spec.text("user").isEmpty() && spec.seq("groups").isEmpty()) {
            throw new ApiFault(422, "Invalid", "SubjectAccessReview.authorization.k8s.io \"\" is invalid: [spec.user:"
                    + " Invalid value: \"\": at least one of user or group must be specified]", Struct.EMPTY);
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        spec.struct("extra").forEach((k, v) -> extra.put(k, v instanceof Seq s ? s.texts() : List.of()));
        return new Caller(spec.text("user"), spec.text("uid"), spec.seq("groups").texts(), extra);
    }

    private Struct access(Action.Call call, Caller caller) {
        Struct spec = call.body().struct("spec");
        if (spec.has("resourceAttributes") == spec.has("nonResourceAttributes")) {
            throw new ApiFault(422, "Invalid", call.body().text("kind") + ".authorization.k8s.io \"\" is invalid:"
                    + " spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or"
                    + " resourceAttributes must be specified", Struct.EMPTY);
        }
        Decision d = RankedAuthorizers.decide(authorizers, caller, attributes(spec));
        Struct.Builder status = Struct.builder().put("allowed", d.verdict() == Verdict.ALLOW);
        if (d.verdict() == Verdict.DENY) {
            status.put("denied", true);
        }
        return call.body().with("status", status.putUnlessEmpty("reason", d.reason()).build());
    }

    private static Attributes attributes(Struct spec) {
        Struct r = spec.struct("resourceAttributes");
        Struct n = spec.struct("nonResourceAttributes");
        return spec.has("resourceAttributes")
                ? new Attributes(r.text("verb"), r.text("group"), r.text("version"), r.text("resource"),
                        r.text("subresource"), r.text("namespace"), r.text("name"), "",
                        ReviewSelectors.fields(r.struct("fieldSelector")),
                        ReviewSelectors.labels(r.struct("labelSelector")))
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
        return call.body().with("status", Struct.builder().put("resourceRules", resources)
                .put("nonResourceRules", paths).put("incomplete", !problem.isEmpty())
                .putUnlessEmpty("evaluationError", problem).build());
    }

    /// Withdraws the actions.
    @Deactivate
    public void stop() {
        actions.forEach(ServiceRegistration::unregister);
    }
}
