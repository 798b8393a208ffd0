package io.k3j.flowcontrol;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One of a flow schema's `rules`, ready to be compared with requests: for some subjects, what they do. `*` in a list
/// matches everything. Immutable; comparing allocates nothing. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/flow-schema-v1/>.
final class PolicyRulesWithSubjects {
    private static final String ALL = "*";
    private static final String ACCOUNT = "system:serviceaccount:";
    private final Subjects subjects;
    private final List<ResourceRule> resources;
    private final List<PathRule> paths;

    /// Whom a rule is about: who is in any of these.
    ///
    /// @param everybody all users or all groups are named
    /// @param users names of users, among them those of service accounts that are named
    /// @param accounts what the user names of all service accounts of a namespace begin with
    record Subjects(boolean everybody, Set<String> users, Set<String> groups, Set<String> accounts) {
        private static Subjects of(Seq subjects) {
            Set<String> users = new HashSet<>();
            Set<String> groups = new HashSet<>();
            Set<String> accounts = new HashSet<>();
            for (Struct subject : subjects.structs()) {
                switch (subject.text("kind")) {
                    case "User" -> users.add(subject.struct("user").text("name"));
                    case "Group" -> groups.add(subject.struct("group").text("name"));
                    case "ServiceAccount" -> {
                        Struct account = subject.struct("serviceAccount");
                        String prefix = ACCOUNT + account.text("namespace") + ":";
                        String name = account.text("name");
                        (name.equals(ALL) ? accounts : users).add(name.equals(ALL) ? prefix : prefix + name);
                    }
                    default -> {
                        // nobody, as upstream
                    }
                }
            }
            return new Subjects(users.contains(ALL) || groups.contains(ALL), Set.copyOf(users), Set.copyOf(groups),
                    Set.copyOf(accounts));
        }
    }

    private record ResourceRule(Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> namespaces,
            boolean cluster) {
        boolean matches(RequestDigest request) {
            return has(verbs, request.verb()) && names(request.resource().resource(), request.subresource())
                    && has(groups, request.resource().group())
                    && (request.namespace().isEmpty() ? cluster : has(namespaces, request.namespace()));
        }

        private boolean names(String resource, String subresource) {
            if (resources.contains(ALL)) {
                return true;
            }
            if (subresource.isEmpty()) {
                return resources.contains(resource);
            }
            for (String each : resources) {
                if (each.length() == resource.length() + 1 + subresource.length() && each.startsWith(resource)
                        && each.charAt(resource.length()) == '/' && each.endsWith(subresource)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record PathRule(Set<String> verbs, List<String> paths) {
        boolean matches(RequestDigest request) {
            return has(verbs, request.verb()) && below(request.path());
        }

        /// A path and all that is below it, whether it ends in `*` or not.
        private boolean below(String path) {
            for (String each : paths) {
                int end = each.endsWith(ALL) ? each.length() - 1 : each.length();
                if (each.equals(ALL) || each.equals(path) || path.regionMatches(0, each, 0, end)
                        && (end > 0 && each.charAt(end - 1) == '/' || path.startsWith("/", end))) {
                    return true;
                }
            }
            return false;
        }
    }

    private PolicyRulesWithSubjects(Subjects subjects, List<ResourceRule> resources, List<PathRule> paths) {
        this.subjects = subjects;
        this.resources = resources;
        this.paths = paths;
    }

    /// Reads a rule; what cannot be read matches nothing.
    static PolicyRulesWithSubjects of(Struct rule) {
        return new PolicyRulesWithSubjects(Subjects.of(rule.seq("subjects")),
                rule.seq("resourceRules").structs().stream()
                        .map(r -> new ResourceRule(set(r, "verbs"), set(r, "apiGroups"), set(r, "resources"),
                                set(r, "namespaces"), r.flag("clusterScope")))
                        .toList(),
                rule.seq("nonResourceRules").structs().stream()
                        .map(r -> new PathRule(set(r, "verbs"), r.seq("nonResourceURLs").texts())).toList());
    }

    private static Set<String> set(Struct of, String field) {
        return Set.copyOf(of.seq(field).texts());
    }

    private static boolean has(Collection<String> all, String one) {
        return all.contains(one) || all.contains(ALL);
    }

    Subjects subjects() {
        return subjects;
    }

    /// Whether a request of one of the subjects is one of these.
    boolean matches(RequestDigest request) {
        if (request.ofResource()) {
            for (ResourceRule rule : resources) {
                if (rule.matches(request)) {
                    return true;
                }
            }
            return false;
        }
        for (PathRule rule : paths) {
            if (rule.matches(request)) {
                return true;
            }
        }
        return false;
    }
}
