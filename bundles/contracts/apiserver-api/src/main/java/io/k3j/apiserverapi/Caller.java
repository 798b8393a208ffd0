package io.k3j.apiserverapi;

import java.util.List;
import java.util.Map;

/// Who asks. See <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>.
public record Caller(String user, String uid, List<String> groups, Map<String, List<String>> extra) {
    /// Nobody in particular.
    public static final Caller ANONYMOUS = new Caller("system:anonymous", "", List.of("system:unauthenticated"),
            Map.of());

    /// A user in some groups.
    public static Caller of(String user, List<String> groups) {
        return new Caller(user, "", groups, Map.of());
    }

    /// Whether the caller is in a group.
    public boolean in(String group) {
        return groups.contains(group);
    }
}
