package io.k3j.audit;

import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One rule of a policy: which requests it is about, and what is recorded of them. A list that is empty is about all.
/// @param effect what is recorded
record AuditRule(Set<String> users, Set<String> groups, Set<String> verbs, List<Resources> resources,
        Set<String> namespaces, List<String> urls, Rule effect) {
    /// Stands for all groups, the core one included.
    static final String EVERY_GROUP = "*";

    /// Resources of a group.
    /// @param group [#EVERY_GROUP] for all
    /// @param names of objects; empty for all
    record Resources(String group, List<String> resources, Set<String> names) {
        static Resources of(Struct s) {
            return new Resources(s.text("group"), s.seq("resources").texts(),
                    Set.copyOf(s.seq("resourceNames").texts()));
        }

        private boolean match(Attributes what) {
            if (!group.equals(EVERY_GROUP) && !group.equals(what.group())) {
                return false;
            }
            return resources.isEmpty() || (names.isEmpty() || names.contains(what.name()))
                    && resources.stream().anyMatch(r -> match(r, what));
        }

        /// `pods` is not about `pods/log`; that are `pods/log`, `pods/*` and `*/log`.
        private static boolean match(String wanted, Attributes what) {
            String sub = what.subresource();
            String whole = sub.isEmpty() ? what.resource() : what.resource() + "/" + sub;
            return wanted.equals("*") || wanted.equals(whole) || !sub.isEmpty() && wanted.equals("*/" + sub)
                    || wanted.equals(what.resource() + "/*");
        }
    }

    /// Whether it is about a request.
    /// @param caller null when nobody could be made out
    boolean matches(@Nullable Caller caller, Attributes what) {
        if (!users.isEmpty() && (caller == null || !users.contains(caller.user()))) {
            return false;
        }
        if (!groups.isEmpty() && (caller == null || caller.groups().stream().noneMatch(groups::contains))) {
            return false;
        }
        if (!verbs.isEmpty() && !verbs.contains(what.verb())) {
            return false;
        }
        boolean resource = what.path().isEmpty();
        if (!namespaces.isEmpty() || !resources.isEmpty()) {
            return resource && (namespaces.isEmpty() || namespaces.contains(what.namespace()))
                    && (resources.isEmpty() || resources.stream().anyMatch(r -> r.match(what)));
        }
        return urls.isEmpty() || !resource && urls.stream().anyMatch(url -> matches(url, what.path()));
    }

    private static boolean matches(String url, String path) {
        return url.equals("*") || url.equals(path)
                || url.endsWith("*") && path.startsWith(url.substring(0, url.length() - 1));
    }
}
