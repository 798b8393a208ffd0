package io.k3j.componenthelpers;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.List;

/// The origins whose pages may read what the API server answers, kube-apiserver's `cors-allowed-origins`: regular
/// expressions of RE2, found anywhere in an origin as `https://example.com:8443`. Immutable; any thread.
public final class CorsOrigins {
    /// No page of another origin.
    public static final CorsOrigins NONE = new CorsOrigins(List.of());
    private static final String EXAMPLE = "//example\\.com(:|$)";
    private final List<Pattern> patterns;

    private CorsOrigins(List<Pattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /// Reads the values of the argument, each with one expression or several that are separated by commas.
    ///
    /// @param flag where they come from, as `--kube-apiserver-arg`, for messages
    /// @throws IllegalArgumentException for one that is no expression, or that does not say where a host begins and
    ///     ends, so that `example.com` would allow `example.com.evil.org`, too (CVE-2022-1996)
    public static CorsOrigins of(String flag, List<String> values) {
        return new CorsOrigins(values.stream().filter(v -> !v.isEmpty())
                .flatMap(v -> Arrays.stream(v.split(",", -1))).map(v -> pattern(flag, v)).toList());
    }

    private static Pattern pattern(String flag, String expression) {
        if (expression.isEmpty()) {
            throw new IllegalArgumentException(flag + ": empty value in cors-allowed-origins" + hint(flag));
        }
        boolean begins = expression.contains("^") || expression.contains("//");
        boolean ends = expression.contains("$") || expression.contains(":");
        try {
            Pattern read = Pattern.compile(expression);
            if (begins && ends) {
                return read;
            }
        } catch (PatternSyntaxException e) {
            throw refused(flag, expression, String.valueOf(e.getMessage()));
        }
        throw refused(flag, expression,
                "regular expression does not pin to start/end of host in the origin header");
    }

    private static IllegalArgumentException refused(String flag, String expression, String why) {
        return new IllegalArgumentException(flag + "=cors-allowed-origins has an invalid regular expression: "
                + expression + ": " + why + hint(flag));
    }

    private static String hint(String flag) {
        return "; try " + flag + "=cors-allowed-origins=" + EXAMPLE;
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /// Whether pages of an origin may read answers.
    public boolean allows(String origin) {
        for (Pattern pattern : patterns) {
            if (pattern.matcher(origin).find()) {
                return true;
            }
        }
        return false;
    }
}
