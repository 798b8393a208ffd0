package io.k3j.assembly;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What the framework needs of the manifests of shipped bundles. It reads them with each start before anything is
/// compiled, and resolves all of them anew: without what is left out here both take a third less.
///
/// Their packages are exported once each, and all their classes come from one class path or the loader beside it. So
/// nothing can go wrong that `uses` guards against, and the versions of imports are compared when the distribution is
/// made ([Wiring]). Exports keep theirs: jars that replace a bundle have manifests of their own.
final class ShippedHeaders {
    private static final String EXPORTS = "export-package";
    private static final String IMPORTS = "import-package";
    private static final String REQUIREMENTS = "require-capability";
    /// All that the framework and the component runtime read, in lower case.
    private static final Set<String> KEPT = Set.of("bundle-manifestversion", "bundle-symbolicname", "bundle-version",
            "bundle-name", "bundle-activator", "bundle-activationpolicy", "fragment-host", "require-bundle", EXPORTS,
            IMPORTS, "dynamicimport-package", "provide-capability", REQUIREMENTS, "service-component",
            "k3j-apart");
    /// The first only tells tools what to deploy (it is effective when nobody resolves it), the second is the Java that
    /// the distribution was made with.
    private static final Set<String> NOT_REQUIRED = Set.of("osgi.service", "osgi.ee");

    private ShippedHeaders() {
    }

    static SortedMap<String, String> of(Map<String, String> manifest) {
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        manifest.forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT);
            String text = KEPT.contains(key) ? value(key, value) : "";
            if (!text.isEmpty()) {
                headers.put(name, text);
            }
        });
        return headers;
    }

    private static String value(String header, String value) {
        return switch (header) {
            case EXPORTS -> without(value, part -> part.startsWith("uses:"));
            case IMPORTS -> without(value, Headers::isVersion);
            case REQUIREMENTS -> Headers.split(value, ',').stream()
                    .filter(clause -> !NOT_REQUIRED.contains(Headers.parts(clause).getFirst()))
                    .collect(Collectors.joining(","));
            default -> value;
        };
    }

    private static String without(String header, Predicate<String> part) {
        return Headers.split(header, ',').stream().map(clause -> left(Headers.parts(clause), part))
                .collect(Collectors.joining(","));
    }

    private static String left(List<String> parts, Predicate<String> out) {
        return parts.stream().filter(out.negate()).collect(Collectors.joining(";"));
    }
}
