package io.k3j.admissionpolicies;

import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.celapi.Cel;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The policies of one sort that are enforced, in the order of their names. Made anew for each change of a policy or
/// binding; reading is one look. Any thread.
/// @param <P> what the expressions of a policy are compiled to
final class PolicySource<P> implements AutoCloseable {
    private static final String GROUP = "admissionregistration.k8s.io/v1";
    private final ConfigurationSource<Policy<P>> policies;
    private final ConfigurationSource<Binding> bindings;
    private final Consumer<List<PolicyHook<P>>> changed;
    private volatile @Nullable List<PolicyHook<P>> hooks;

    /// @param resource of the policies; that of bindings follows from it
    /// @param compiled makes a program of a policy's spec
    /// @param changed told of the policies after each change
    PolicySource(ApiClient api, String resource, BiFunction<Cel, Struct, P> compiled,
            Consumer<List<PolicyHook<P>>> changed) {
        this.changed = changed;
        policies = new ConfigurationSource<>(api, Gvr.of(GROUP, resource), (o, last) -> Policy.of(o, last, compiled),
                this::combine);
        bindings = new ConfigurationSource<>(api,
                Gvr.of(GROUP, resource.substring(0, resource.length() - "policies".length()) + "policybindings"),
                (o, _) -> Binding.of(o), this::combine);
    }

    /// Those that are enforced, null when they have not been read yet.
    @Nullable
    List<PolicyHook<P>> known() {
        return hooks;
    }

    /// Those that are enforced; waits a moment for them after the start.
    /// @throws io.k3j.clientapi.ApiFault 503 when they cannot be read
    List<PolicyHook<P>> all() {
        List<PolicyHook<P>> now = hooks;
        if (now == null) {
            policies.all();
            bindings.all();
            now = combined();
        }
        return now;
    }

    private void combine() {
        if (policies.known() != null && bindings.known() != null) {
            combined();
        }
    }

    /// A binding without its policy waits for it; a policy without bindings is nobody's.
    private synchronized List<PolicyHook<P>> combined() {
        Map<String, List<Binding>> byPolicy = new LinkedHashMap<>();
        bindings.all().forEach(b -> byPolicy.computeIfAbsent(b.policy(), _ -> new ArrayList<>()).add(b));
        List<PolicyHook<P>> made = policies.all().stream().filter(p -> byPolicy.containsKey(p.name()))
                .map(p -> new PolicyHook<>(p, List.copyOf(byPolicy.getOrDefault(p.name(), List.of())))).toList();
        hooks = made;
        changed.accept(made);
        return made;
    }

    @Override
    public void close() {
        policies.close();
        bindings.close();
    }
}
