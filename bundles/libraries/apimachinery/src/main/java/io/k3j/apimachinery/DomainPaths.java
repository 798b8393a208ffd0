package io.k3j.apimachinery;

import java.util.function.BiConsumer;

/// Names that are a domain and a path, as `acme.io/foo`: upstream's `IsDomainPrefixedPath`
/// (`apimachinery/pkg/util/validation`). Pure; any thread; one pass over the name.
public final class DomainPaths {
    private static final String IN_PATHS = "/-._~%!$&'()*+,;=:";

    private DomainPaths() {
    }

    /// Tells what is wrong with a name, in upstream's words; nothing when nothing is.
    ///
    /// @param name not empty: that one is missing is for the caller to tell, in words of its own
    /// @param wrong takes the part that may not be, and why; called once for each reason
    public static void check(String name, BiConsumer<String, String> wrong) {
        int slash = name.indexOf('/');
        if (slash < 1 || slash == name.length() - 1) {
            wrong.accept(name, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }
        String domain = name.substring(0, slash);
        Names.subdomain(domain).forEach(why -> wrong.accept(domain, why));
        String path = name.substring(slash + 1);
        if (!path.chars().allMatch(DomainPaths::inPath)) {
            wrong.accept(path, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
        }
    }

    private static boolean inPath(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || IN_PATHS.indexOf(c) >= 0;
    }
}
