package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.authrbac.NamespaceBindings.BySubject;
import io.k3j.authrbac.NamespaceBindings.Grant;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Maps subjects to their granted rules. Is told of roles and bindings one by one; what a change costs those who ask is
/// what its namespace holds. Thread-safe.
final class RuleIndex {
    /// Roles by namespace and name, cluster roles by name.
    private final Map<Key, List<PolicyRule>> rules = new ConcurrentHashMap<>();
    /// By namespace, those for the whole cluster by the empty one.
    private final Map<String, NamespaceBindings> bindings = new ConcurrentHashMap<>();

    /// Of nothing.
    RuleIndex() {
    }

    /// Of all these.
    RuleIndex(Collection<Obj> roles, Collection<Obj> clusterRoles, Collection<Obj> bindings,
            Collection<Obj> clusterBindings) {
        roles.forEach(this::role);
        clusterRoles.forEach(this::role);
        bindings.forEach(this::binding);
        clusterBindings.forEach(this::binding);
    }

    /// A role or cluster role came or has changed.
    void role(Obj role) {
        rules.put(role.key(), PolicyRule.all(role.tree()));
    }

    /// A role or cluster role has gone: what is bound to it is worth nothing.
    void roleGone(Key role) {
        rules.remove(role);
    }

    /// A binding came or has changed.
    void binding(Obj binding) {
        BoundRole bound = BoundRole.of(binding);
        bindings.compute(binding.namespace(),
                (_, present) -> (present == null ? new NamespaceBindings() : present).with(bound));
    }

    /// A binding has gone.
    void bindingGone(Key binding) {
        bindings.computeIfPresent(binding.namespace(), (_, present) -> present.without(binding.name()));
    }

    /// The reason why a caller may do this; empty when no rule allows it. What holds in a namespace says nothing of
    /// paths.
    Optional<String> reason(Caller caller, Attributes what) {
        Optional<String> everywhere = reason(bindings.get(""), caller, what);
        return everywhere.isPresent() || what.namespace().isEmpty() || !what.path().isEmpty() ? everywhere
                : reason(bindings.get(what.namespace()), caller, what);
    }

    private Optional<String> reason(@Nullable NamespaceBindings of, Caller caller, Attributes what) {
        if (of == null) {
            return Optional.empty();
        }
        BySubject subjects = of.bySubject();
        @Nullable
        Grant found = allowing(subjects.users().get(caller.user()), what);
        for (int i = 0; found == null && i < caller.groups().size(); i++) {
            found = allowing(subjects.groups().get(caller.groups().get(i)), what);
        }
        return found == null ? Optional.empty() : Optional.of(found.binding().reason(found.subject()));
    }

    /// Called for every request, hence no stream.
    private @Nullable Grant allowing(@Nullable List<Grant> grants, Attributes what) {
        if (grants == null) {
            return null;
        }
        for (Grant grant : grants) {
            for (PolicyRule rule : rules(grant)) {
                if (rule.allows(what)) {
                    return grant;
                }
            }
        }
        return null;
    }

    private List<PolicyRule> rules(Grant grant) {
        return rules.getOrDefault(grant.binding().role(), List.of());
    }

    /// All rules a caller holds in a namespace (empty: those held everywhere).
    List<PolicyRule> rules(Caller caller, String namespace) {
        List<PolicyRule> all = new ArrayList<>();
        collect(bindings.get(""), caller, all);
        if (!namespace.isEmpty()) {
            collect(bindings.get(namespace), caller, all);
        }
        return all;
    }

    private void collect(@Nullable NamespaceBindings of, Caller caller, List<PolicyRule> to) {
        if (of == null) {
            return;
        }
        BySubject subjects = of.bySubject();
        collect(subjects.users().get(caller.user()), to);
        caller.groups().forEach(group -> collect(subjects.groups().get(group), to));
    }

    private void collect(@Nullable List<Grant> grants, List<PolicyRule> to) {
        for (Grant grant : grants == null ? List.<Grant>of() : grants) {
            to.addAll(rules(grant));
        }
    }
}
