package io.k3j.componenthelpers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the API server tells browsers of TLS, kube-apiserver's `strict-transport-security-directives`
/// (<https://www.rfc-editor.org/rfc/rfc6797#section-6.1>). Pure.
public final class StrictTransportDirectives {
    private static final String NAME = "strict-transport-security-directives";
    private static final String MAX_AGE = "max-age=";

    private StrictTransportDirectives() {
    }

    /// Reads the values of the argument, each with one directive or several that are separated by commas.
    ///
    /// @param flag where they come from, as `--kube-apiserver-arg`, for messages
    /// @return as the header has them; empty without any
    /// @throws IllegalArgumentException for one that is none, in upstream's words; the message says what to type
    public static String of(String flag, List<String> values) {
        List<String> all = new ArrayList<>();
        for (String value : values) {
            if (!value.isEmpty()) {
                Arrays.stream(value.split(",", -1)).forEach(directive -> all.add(checked(flag, directive)));
            }
        }
        return String.join("; ", all);
    }

    private static String checked(String flag, String directive) {
        if (directive.isBlank()) {
            throw new IllegalArgumentException(flag + ": empty value in " + NAME + hint(flag));
        }
        boolean age = directive.startsWith(MAX_AGE) && directive.indexOf('=', MAX_AGE.length()) < 0;
        if (!age && !directive.equals("includeSubDomains") && !directive.equals("preload")) {
            throw new IllegalArgumentException(flag + "=" + NAME + "=" + directive + " invalid, allowed values:"
                    + " max-age=expireTime, includeSubDomains, preload. see"
                    + " https://tools.ietf.org/html/rfc6797#section-6.1 for more information" + hint(flag));
        }
        if (directive.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(flag + "=" + NAME + " has signs that no header may have" + hint(flag));
        }
        return directive;
    }

    private static String hint(String flag) {
        return "; try " + flag + "=" + NAME + "=max-age=31536000,includeSubDomains";
    }
}
