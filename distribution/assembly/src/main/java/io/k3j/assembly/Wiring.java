package io.k3j.assembly;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/// Compares what the shipped bundles import with what they and the system export, as the framework would with each
/// start: it is not told the versions ([ShippedHeaders]).
final class Wiring {
    private static final String NONE = "0.0.0";
    private final Map<String, List<Version>> exported = new HashMap<>();

    private Wiring() {
    }

    /// @param systemPackages what the framework's own bundle exports, as a header
    /// @throws IllegalStateException naming each import that nobody exports in its range
    static void check(List<Jar> jars, String systemPackages) {
        Wiring wiring = new Wiring();
        wiring.export(systemPackages);
        jars.forEach(jar -> wiring.export(jar.headers().getOrDefault("Export-Package", "")));
        List<String> missing = new ArrayList<>();
        for (Jar jar : jars) {
            for (String clause : Headers.split(jar.headers().getOrDefault("Import-Package", ""), ',')) {
                wiring.missing(clause).forEach(what -> missing.add(jar.file().getFileName() + ": " + what));
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException("imports that nothing exports:\n  " + String.join("\n  ", missing));
        }
    }

    private void export(String header) {
        for (String clause : Headers.split(header, ',')) {
            List<String> parts = Headers.parts(clause);
            Version version = Version.parseVersion(Headers.version(parts, NONE));
            parts.stream().filter(Headers::isName)
                    .forEach(name -> exported.computeIfAbsent(name, any -> new ArrayList<>()).add(version));
        }
    }

    private List<String> missing(String clause) {
        List<String> parts = Headers.parts(clause);
        VersionRange range = new VersionRange(Headers.version(parts, NONE));
        boolean optional = parts.stream().anyMatch(part -> part.startsWith("resolution:") && part.endsWith("optional"));
        return parts.stream().filter(name -> !optional && Headers.isName(name) && !name.isEmpty()
                && exported.getOrDefault(name, List.of()).stream().noneMatch(range::includes))
                .map(name -> name + " " + range).toList();
    }
}
