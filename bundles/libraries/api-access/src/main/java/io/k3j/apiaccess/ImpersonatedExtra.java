package io.k3j.apiaccess;

import io.k3j.apimachinery.Names;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What extra values may look like in constrained impersonation, in upstream's words; plain impersonation takes any.
/// Pure.
final class ImpersonatedExtra {
    private static final String PATH = "/-._~%!$&'()*+,;=:";

    private ImpersonatedExtra() {
    }

    /// What is wrong; empty when nothing is.
    static String problem(Map<String, List<String>> extra) {
        for (Map.Entry<String, List<String>> each : extra.entrySet()) {
            String wrong = problem(each.getKey(), each.getValue());
            if (!wrong.isEmpty()) {
                return wrong;
            }
        }
        return "";
    }

    private static String problem(String key, List<String> values) {
        if (key.isEmpty()) {
            return "impersonating the empty string key in extra is not allowed";
        }
        if (!domainPrefixed(key)) {
            return "impersonating an invalid key in extra is not allowed: extra.key: Invalid value: \"" + key
                    + "\": must be a domain-prefixed path (such as \"acme.io/foo\")";
        }
        if (!key.equals(key.toLowerCase(Locale.ROOT))) {
            return "impersonating a non-lowercase key in extra is not allowed: \"" + key + "\"";
        }
        if (values.isEmpty()) {
            return "impersonating empty values in extra is not allowed";
        }
        return values.contains("") ? "impersonating the empty string value in extra is not allowed" : "";
    }

    private static boolean domainPrefixed(String key) {
        int slash = key.indexOf('/');
        return slash > 0 && slash < key.length() - 1 && Names.subdomain(key.substring(0, slash)).isEmpty()
                && key.substring(slash + 1).chars().allMatch(ImpersonatedExtra::ofPath);
    }

    private static boolean ofPath(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || PATH.indexOf(c) >= 0;
    }
}
