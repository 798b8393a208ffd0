package io.k3j.authrbac;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;

/// A parsed `PolicyRule`. Immutable.
record PolicyRule(Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> names, Set<String> paths) {
    private static final String ALL = "*";

    /// Parses an element of `rules`.
    static PolicyRule of(Struct rule) {
        return new PolicyRule(set(rule, "verbs"), set(rule, "apiGroups"), set(rule, "resources"),
                set(rule, "resourceNames"),
                set(rule, "nonResourceURLs"));
    }

    /// All rules of a role.
    static List<PolicyRule> all(Struct role) {
        return role.seq("rules").structs().stream().map(PolicyRule::of).toList();
    }

    private static Set<String> set(Struct rule, String field) {
        return Set.copyOf(rule.seq(field).texts());
    }

    /// Whether this rule allows the request.
    boolean allows(Attributes what) {
        if (!has(verbs, what.verb())) {
            return false;
        }
        return what.path().isEmpty()
                ? has(groups, what.group()) && resource(what.resource(), what.subresource())
                        && (names.isEmpty() || names.contains(what.name()))
                : holdsPath(what.path());
    }

    private boolean resource(String resource, String subresource) {
        if (resources.contains(ALL)) {
            return true;
        }
        return subresource.isEmpty() ? resources.contains(resource)
                : resources.contains(resource + "/" + subresource) || resources.contains("*/" + subresource);
    }

    /// Whether it holds a path, or an element of another rule's `nonResourceURLs`.
    boolean holdsPath(String requested) {
        for (String p : paths) {
            if (p.equals(ALL) || p.equals(requested)
                    || p.endsWith(ALL) && requested.startsWith(p.substring(0, p.length() - 1))) {
                return true;
            }
        }
        return false;
    }

    /// Whether the `owned` rules together allow all that this rule allows.
    boolean coveredBy(List<PolicyRule> owned) {
        return new Coverage(owned).covers(this);
    }

    /// Whether it holds a verb.
    boolean hasVerb(String verb) {
        return has(verbs, verb);
    }

    /// Whether it holds a group.
    boolean hasGroup(String group) {
        return has(groups, group);
    }

    /// Whether it holds an element of another rule's `resources`.
    boolean coversResource(String resource) {
        int slash = resource.indexOf('/');
        return resources.contains(ALL) || resources.contains(resource)
                || slash >= 0 && resource(resource.substring(0, slash), resource.substring(slash + 1));
    }

    private static boolean has(Set<String> set, String value) {
        return set.contains(ALL) || set.contains(value);
    }

    /// The rule as an element of `resourceRules` or `nonResourceRules` of a review.
    Struct reviewRule() {
        Struct.Builder b = Struct.builder().put("verbs", sorted(verbs));
        return b.putUnlessEmpty("apiGroups", sorted(groups)).putUnlessEmpty("resources", sorted(resources))
                .putUnlessEmpty("resourceNames", sorted(names)).putUnlessEmpty("nonResourceURLs", sorted(paths))
                .build();
    }

    private static List<String> sorted(Set<String> values) {
        return values.stream().sorted().toList();
    }
}
