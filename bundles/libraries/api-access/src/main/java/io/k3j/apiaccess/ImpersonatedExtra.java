package io.k3j.apiaccess;

import io.k3j.apimachinery.DomainPaths;
import io.k3j.apiserverapi.FieldProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What extra values may look like in constrained impersonation, in upstream's words; plain impersonation takes any.
/// Pure.
final class ImpersonatedExtra {
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
        List<String> wrong = new ArrayList<>();
        DomainPaths.check(key, (part, why) -> wrong.add(FieldProblem.invalid("extra.key", part, why).toString()));
        if (!wrong.isEmpty()) {
            return "impersonating an invalid key in extra is not allowed: "
                    + (wrong.size() == 1 ? wrong.getFirst() : wrong.toString());
        }
        if (!key.equals(key.toLowerCase(Locale.ROOT))) {
            return "impersonating a non-lowercase key in extra is not allowed: \"" + key + "\"";
        }
        if (values.isEmpty()) {
            return "impersonating empty values in extra is not allowed";
        }
        return values.contains("") ? "impersonating the empty string value in extra is not allowed" : "";
    }
}
