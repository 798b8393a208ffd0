package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Maps subjects to their granted rules: one snapshot of all roles and bindings. Immutable.
final class RuleIndex {
    private final Map<String, List<Grant>> users = new HashMap<>();
    private final Map<String, List<Grant>> groups = new HashMap<>();

    /// Rules a subject holds in a namespace (empty: everywhere), with the reason for messages.
    private record Grant(String namespace, List<PolicyRule> rules, String reason) {
        private boolean appliesTo(Attributes what) {
            return namespace.isEmpty() || namespace.equals(what.namespace()) && what.path().isEmpty();
        }

        /// Called for every request, hence no stream.
        private boolean allows(Attributes what) {
            for (PolicyRule rule : rules) {
                if (rule.allows(what)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Builds the snapshot. Roles are found by namespace and name, cluster roles by name.
    RuleIndex(Collection<Obj> roles, Collection<Obj> clusterRoles, Collection<Obj> bindings,
            Collection<Obj> clusterBindings) {
        Map<Key, List<PolicyRule>> rules = new HashMap<>();
        roles.forEach(r -> rules.put(r.key(), PolicyRule.all(r.tree())));
        clusterRoles.forEach(r -> rules.put(Key.of(r.name()), PolicyRule.all(r.tree())));
        clusterBindings.forEach(b -> add(b, rules));
        bindings.forEach(b -> add(b, rules));
    }

    private void add(Obj binding, Map<Key, List<PolicyRule>> rules) {
        Struct ref = binding.tree().struct("roleRef");
        boolean local = ref.text("kind").equals("Role");
        List<PolicyRule> granted = rules.get(new Key(local ? binding.namespace() : "", ref.text("name")));
        if (granted == null) {
            return;
        }
        for (Struct subject : binding.tree().seq("subjects").structs()) {
            String reason = "RBAC: allowed by " + binding.tree().text("kind") + " \"" + binding.key() + "\" of "
                    + ref.text("kind") + " \"" + ref.text("name") + "\" to " + subject.text("kind") + " \""
                    + describe(subject) + "\"";
            (subject.text("kind").equals("Group") ? groups : users)
                    .computeIfAbsent(name(subject, binding.namespace()), k -> new ArrayList<>())
                    .add(new Grant(binding.namespace(), granted, reason));
        }
    }

    private static String describe(Struct subject) {
        return subject.text("kind").equals("ServiceAccount") ? subject.text("name") + "/" + subject.text("namespace")
                : subject.text("name");
    }

    /// As callers have it: a service account's is a user's.
    private static String name(Struct subject, String namespace) {
        return subject.text("kind").equals("ServiceAccount")
                ? "system:serviceaccount:" + subject.text("namespace", namespace) + ":" + subject.text("name")
                : subject.text("name");
    }

    /// The reason why a caller may do this; empty when no rule allows it.
    Optional<String> reason(Caller caller, Attributes what) {
        Optional<String> user = reason(users.get(caller.user()), what);
        if (user.isPresent()) {
            return user;
        }
        for (String group : caller.groups()) {
            Optional<String> found = reason(groups.get(group), what);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> reason(@Nullable List<Grant> grants, Attributes what) {
        if (grants == null) {
            return Optional.empty();
        }
        for (Grant g : grants) {
            if (g.appliesTo(what) && g.allows(what)) {
                return Optional.of(g.reason);
            }
        }
        return Optional.empty();
    }

    /// All rules a caller holds in a namespace (empty: those held everywhere).
    List<PolicyRule> rules(Caller caller, String namespace) {
        List<PolicyRule> all = new ArrayList<>();
        collect(users.get(caller.user()), namespace, all);
        caller.groups().forEach(g -> collect(groups.get(g), namespace, all));
        return all;
    }

    private static void collect(@Nullable List<Grant> grants, String namespace, List<PolicyRule> to) {
        for (Grant g : grants == null ? List.<Grant>of() : grants) {
            if (g.namespace.isEmpty() || g.namespace.equals(namespace)) {
                to.addAll(g.rules);
            }
        }
    }
}
