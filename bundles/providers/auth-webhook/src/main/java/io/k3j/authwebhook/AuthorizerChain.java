package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.BoundServices;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Asks authorizers in the order that is configured until one has an opinion; upstream's union. `system:masters` may do
/// everything before any is asked. One of another bundle that is away is not passed over: the answer is 503 then. Any
/// thread; waits for webhooks.
final class AuthorizerChain implements Authorizer {
    /// Its [Authorizer#NAME].
    static final String MODE = "Configured";
    /// Before all others.
    static final int RANKING = 1000;
    private static final Decision MASTER = new Decision(Verdict.ALLOW, "");
    private static final List<String> ALL = List.of("*");
    /// Those of other bundles, by their names.
    private final Map<String, BoundServices<Authorizer>> present = new ConcurrentHashMap<>();
    private final AuthorizationMetrics metrics;
    private volatile List<Step> steps = List.of();

    /// One of the order.
    record Step(AuthorizerConfiguration configuration, List<WebhookAuthorizer> webhook) {
    }

    AuthorizerChain(AuthorizationMetrics metrics) {
        this.metrics = metrics;
    }

    AuthorizationMetrics metrics() {
        return metrics;
    }

    /// One of another bundle is there.
    /// @param registered whether it still is a service: one that is none any more is not asked
    void add(String name, Authorizer authorizer, BooleanSupplier registered) {
        present.computeIfAbsent(name, _ -> new BoundServices<>()).add(authorizer, registered);
    }

    /// It goes.
    void remove(Authorizer authorizer) {
        present.values().forEach(bound -> bound.remove(authorizer));
    }

    /// Another order, for all that is asked from now on.
    void use(List<Step> other) {
        steps = List.copyOf(other);
    }

    /// All webhooks.
    List<WebhookAuthorizer> webhooks() {
        return steps.stream().flatMap(step -> step.webhook.stream()).toList();
    }

    @Override
    public boolean decidesAlone() {
        return true;
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (caller.in("system:masters")) {
            return MASTER;
        }
        List<String> reasons = new ArrayList<>(0);
        for (Step step : steps) {
            Decision decision = decide(step, caller, what);
            if (decision.verdict() != Verdict.NO_OPINION) {
                metrics.decided(step.configuration, decision.verdict() == Verdict.ALLOW);
                return decision;
            }
            if (!decision.reason().isEmpty()) {
                reasons.add(decision.reason());
            }
        }
        return new Decision(Verdict.NO_OPINION, String.join("\n", reasons));
    }

    private Decision decide(Step step, Caller caller, Attributes what) {
        return switch (step.configuration.type()) {
            case "AlwaysAllow" -> MASTER;
            case "AlwaysDeny" -> new Decision(Verdict.NO_OPINION, "Everything is forbidden.");
            case "Webhook" -> step.webhook.getFirst().decide(caller, what);
            default -> other(step.configuration.type()).decide(caller, what);
        };
    }

    /// The newest: two generations of a bundle stand side by side for a while.
    private Authorizer other(String name) {
        BoundServices<Authorizer> bound = present.get(name);
        List<Authorizer> all = bound == null ? List.of() : bound.present();
        if (all.isEmpty()) {
            throw ApiFault.unavailable("authorizer " + name + " is being replaced");
        }
        return all.getLast();
    }

    @Override
    public List<Struct> resourceRules(Caller caller, String namespace) {
        return rules(a -> a.resourceRules(caller, namespace),
                Struct.of("verbs", ALL, "apiGroups", ALL, "resources", ALL));
    }

    @Override
    public List<Struct> pathRules(Caller caller) {
        return rules(a -> a.pathRules(caller), Struct.of("verbs", ALL, "nonResourceURLs", ALL));
    }

    private List<Struct> rules(Function<Authorizer, List<Struct>> of, Struct everything) {
        Map<String, List<Struct>> fixed = Map.of("AlwaysAllow", List.of(everything), "AlwaysDeny", List.of(),
                "Webhook", List.of());
        return steps.stream().map(s -> s.configuration.type())
                .flatMap(t -> (fixed.containsKey(t) ? fixed.getOrDefault(t, List.of()) : of.apply(other(t))).stream())
                .toList();
    }

    @Override
    public String rulesProblem() {
        return webhooks().isEmpty() ? "" : "webhook authorizer does not support user rule resolution";
    }
}
