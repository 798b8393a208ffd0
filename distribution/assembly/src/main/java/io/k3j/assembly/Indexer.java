package io.k3j.assembly;

import io.k3j.launcher.BundleIndex;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.Set;
import java.util.TreeMap;

/// Computes the index from the jars, and refuses what must not be on one class path.
final class Indexer {
    /// Bigger ones are read from the class path when asked for.
    private static final int MAX_INLINE_BYTES = 32 * 1024;
    /// Packages that several jars may hold, by the decision of their makers.
    private static final Set<String> MAY_BE_SPLIT = Set.of();

    private final List<Jar> jars;

    Indexer(List<Jar> jars) {
        this.jars = jars;
    }

    BundleIndex index() {
        checkPackages();
        String systemPackages = new SystemPackages(jars).text();
        Wiring.check(jars.stream().filter(Jar::bundle).toList(), systemPackages);
        List<BundleIndex.Entry> bundles = new ArrayList<>();
        for (Jar jar : jars) {
            if (jar.bundle()) {
                bundles.add(entry(jar));
            }
        }
        return new BundleIndex(digest(jars), systemPackages, bundles);
    }

    private static BundleIndex.Entry entry(Jar jar) {
        SortedMap<String, String> headers = ShippedHeaders.of(jar.headers());
        String name = jar.symbolicName();
        boolean provider = name.startsWith("io.k3j.") && !headers.containsKey("Export-Package");
        if (jar.apart()) {
            // by which its classes are found to be its own; what it brings is nobody's
            List<String> own = jar.packages().stream().filter(one -> one.startsWith("io.k3j.")).toList();
            return new BundleIndex.Entry(name, provider, true, headers, own, Map.of());
        }
        SortedMap<String, byte[]> resources = new TreeMap<>();
        jar.entries().forEach((path, bytes) -> {
            if (!path.endsWith(".class") && !path.startsWith("META-INF/")) {
                boolean inline = path.startsWith("OSGI-INF/") && bytes.length <= MAX_INLINE_BYTES;
                resources.put(path, inline ? bytes : null);
            }
        });
        return new BundleIndex.Entry(name, provider, false, headers, List.copyOf(jar.packages()), resources);
    }

    private void checkPackages() {
        Map<String, Jar> owners = new TreeMap<>();
        List<String> split = new ArrayList<>();
        for (Jar jar : jars.stream().filter(one -> !one.apart()).toList()) {
            for (String name : jar.packages()) {
                Jar other = owners.putIfAbsent(name, jar);
                if (other != null && !MAY_BE_SPLIT.contains(name)) {
                    split.add(name + " in " + other.file().getFileName() + " and " + jar.file().getFileName());
                }
            }
        }
        if (!split.isEmpty()) {
            throw new IllegalStateException("packages in two jars of one class path:\n  " + String.join("\n  ", split));
        }
    }

    /// Over the contents of jars.
    static String digest(List<Jar> jars) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Jar jar : jars) {
                jar.entries().forEach((name, bytes) -> {
                    sha.update(name.getBytes(StandardCharsets.UTF_8));
                    sha.update(bytes);
                });
                sha.update(jar.headers().toString().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
