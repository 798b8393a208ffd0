package io.k3j.webhookclient;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Who a user of a kubeconfig acts as: `as`, `as-uid`, `as-groups` and `as-user-extra`, told by headers as upstream's
/// `ImpersonatingRoundTripper` does. Pure.
final class ImpersonatedUser {
    private static final String SIGNS = "!#$&'*+-.^_`|~";

    private ImpersonatedUser() {
    }

    /// The problem of a user that has a part of somebody, and nobody; empty for none.
    static String problem(KubeconfigSection user) {
        boolean parts = !user.text("as-uid").isEmpty() || !user.values().seq("as-groups").isEmpty()
                || !user.values().struct("as-user-extra").isEmpty();
        return parts && user.text("as").isEmpty() ? "requesting uid, groups or user-extra for " + user.name()
                + " without impersonating a user" : "";
    }

    /// The headers, as `Name: value`; none where nobody is acted as.
    static List<String> headers(KubeconfigSection user) {
        List<String> headers = new ArrayList<>();
        if (user.text("as").isEmpty()) {
            return List.of();
        }
        headers.add("Impersonate-User: " + user.text("as"));
        if (!user.text("as-uid").isEmpty()) {
            headers.add("Impersonate-Uid: " + user.text("as-uid"));
        }
        user.values().seq("as-groups").texts().forEach(group -> headers.add("Impersonate-Group: " + group));
        Struct extra = user.values().struct("as-user-extra");
        for (String key : extra.names()) {
            extra.seq(key).texts()
                    .forEach(value -> headers.add("Impersonate-Extra-" + escaped(key) + ": " + value));
        }
        return List.copyOf(headers);
    }

    /// What no header's name may hold is a percent sign with two digits.
    private static String escaped(String key) {
        StringBuilder name = new StringBuilder();
        for (byte one : key.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (one & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || SIGNS.indexOf(c) >= 0)) {
                name.append(c);
            } else {
                name.append(String.format(Locale.ROOT, "%%%02X", one & 0xff));
            }
        }
        return name.toString();
    }
}
