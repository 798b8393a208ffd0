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

/// Subjects to the rules they are granted: one picture of all roles and bindings. Immutable.
final class RuleIndex {
    private final Map<String, List<Grant>> grants = new HashMap<>();

    /// Rules that a subject holds in a namespace (empty: everywhere), and why.
    private record Grant(String namespace, List<Rule> rules, String why) {
        private boolean holdsIn(Attributes what) {
            return namespace.isEmpty() || namespace.equals(what.namespace()) && what.path().isEmpty();
        }

        /// Asked by every request, so without a stream.
        private boolean allows(Attributes what) {
            for (Rule rule : rules) {
                if (rule.allows(what)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Builds the picture. Roles are found by namespace and name, cluster roles by name.
    RuleIndex(Collection<Obj> roles, Collection<Obj> clusterRoles, Collection<Obj> bindings,
            Collection<Obj> clusterBindings) {
        Map<Key, List<Rule>> rules = new HashMap<>();
        roles.forEach(r -> rules.put(r.key(), Rule.all(r.tree())));
        clusterRoles.forEach(r -> rules.put(Key.of(r.name()), Rule.all(r.tree())));
        clusterBindings.forEach(b -> add(b, rules));
        bindings.forEach(b -> add(b, rules));
    }

    private void add(Obj binding, Map<Key, List<Rule>> rules) {
        Struct ref = binding.tree().struct("roleRef");
        boolean local = ref.text("kind").equals("Role");
        List<Rule> granted = rules.get(new Key(local ? binding.namespace() : "", ref.text("name")));
        if (granted == null) {
            return;
        }
        for (Struct subject : binding.tree().seq("subjects").structs()) {
            String why = "RBAC: allowed by " + binding.tree().text("kind") + " \"" + binding.key() + "\" of "
                    + ref.text("kind") + " \"" + ref.text("name") + "\" to " + subject.text("kind") + " \""
                    + shown(subject) + "\"";
            grants.computeIfAbsent(subject(subject, binding.namespace()), k -> new ArrayList<>())
                    .add(new Grant(binding.namespace(), granted, why));
        }
    }

    private static String shown(Struct subject) {
        return subject.text("kind").equals("ServiceAccount") ? subject.text("name") + "/" + subject.text("namespace")
                : subject.text("name");
    }

    private static String subject(Struct subject, String namespace) {
        return switch (subject.text("kind")) {
            case "Group" -> "g:" + subject.text("name");
            case "ServiceAccount" -> "u:system:serviceaccount:" + subject.text("namespace", namespace) + ":"
                    + subject.text("name");
            default -> "u:" + subject.text("name");
        };
    }

    /// Why a caller may do this, empty when nothing says so.
    Optional<String> why(Caller caller, Attributes what) {
        Optional<String> user = why("u:" + caller.user(), what);
        if (user.isPresent()) {
            return user;
        }
        for (String group : caller.groups()) {
            Optional<String> found = why("g:" + group, what);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> why(String subject, Attributes what) {
        for (Grant g : grants.getOrDefault(subject, List.of())) {
            if (g.holdsIn(what) && g.allows(what)) {
                return Optional.of(g.why);
            }
        }
        return Optional.empty();
    }

    /// All rules a caller holds in a namespace (empty: those held everywhere).
    List<Rule> rules(Caller caller, String namespace) {
        List<Rule> all = new ArrayList<>();
        collect("u:" + caller.user(), namespace, all);
        caller.groups().forEach(g -> collect("g:" + g, namespace, all));
        return all;
    }

    private void collect(String subject, String namespace, List<Rule> to) {
        for (Grant g : grants.getOrDefault(subject, List.of())) {
            if (g.namespace.isEmpty() || g.namespace.equals(namespace)) {
                to.addAll(g.rules);
            }
        }
    }
}
