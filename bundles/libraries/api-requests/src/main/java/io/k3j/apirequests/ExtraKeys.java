package io.k3j.apirequests;

import java.util.Locale;

/// Names of a user's extra values as headers carry them (`Impersonate-Extra-…`): percent-encoded where a header's name
/// has no room for a character, without case. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/>. Pure.
public final class ExtraKeys {
    private ExtraKeys() {
    }

    /// From the rest of a header's name; one with a broken escape stands for itself, as upstream.
    public static String read(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        try {
            return Escapes.ofPath(lower);
        } catch (IllegalArgumentException plain) {
            return lower;
        }
    }
}
