package io.k3j.authoidc;

import io.k3j.apiserverapi.FieldProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a URL of an issuer must be, in upstream's words. Pure.
final class IssuerUrl {
    /// How a URL is refused that names no server, which upstream finds out when it asks.
    private static final String NO_HOST = "URL must name a host";

    private IssuerUrl() {
    }

    /// What is wrong with the URL that tokens name.
    /// @param disallowed those of this cluster's own issuer
    static List<FieldProblem> issuer(String url, Set<String> disallowed, String at) {
        if (url.isEmpty()) {
            return List.of(FieldProblem.required(at, ""));
        }
        List<FieldProblem> problems = new ArrayList<>();
        if (disallowed.contains(url)) {
            problems.add(FieldProblem.invalid(at, url, "URL must not overlap with disallowed issuers: "
                    + new TreeSet<>(disallowed).toString().replace(",", "")));
        }
        problems.addAll(url(url, at));
        return problems;
    }

    /// What is wrong with the URL of the discovery document.
    static List<FieldProblem> discovery(String issuer, String url, String at) {
        if (url.isEmpty()) {
            return List.of();
        }
        List<FieldProblem> problems = new ArrayList<>();
        if (!issuer.isEmpty() && bare(issuer).equals(bare(url))) {
            problems.add(FieldProblem.invalid(at, url, "discoveryURL must be different from URL"));
        }
        problems.addAll(url(url, at));
        return problems;
    }

    private static String bare(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }

    private static List<FieldProblem> url(String url, String at) {
        URI parsed;
        try {
            parsed = new URI(url);
        } catch (URISyntaxException e) {
            return List.of(FieldProblem.invalid(at, url, "parse " + Quoted.text(url) + ": " + e.getReason()));
        }
        List<FieldProblem> problems = new ArrayList<>();
        if (!"https".equals(parsed.getScheme())) {
            problems.add(FieldProblem.invalid(at, url, "URL scheme must be https"));
        } else if (parsed.getHost() == null) {
            problems.add(FieldProblem.invalid(at, url, NO_HOST));
        }
        if (parsed.getRawUserInfo() != null) {
            problems.add(FieldProblem.invalid(at, url, "URL must not contain a username or password"));
        }
        if (filled(parsed.getRawQuery())) {
            problems.add(FieldProblem.invalid(at, url, "URL must not contain a query"));
        }
        if (filled(parsed.getRawFragment())) {
            problems.add(FieldProblem.invalid(at, url, "URL must not contain a fragment"));
        }
        return problems;
    }

    private static boolean filled(@Nullable String part) {
        return part != null && !part.isEmpty();
    }
}
