package io.k3j.assembly;

import io.k3j.cli.Main;
import io.k3j.cli.upgrade.ReleaseFacts;
import io.k3j.cli.upgrade.ReleaseVersion;
import io.k3j.launcher.BundleIndex;
import io.k3j.launcher.Checksums;
import io.k3j.launcher.DataForm;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Lays out the distribution from the jars on its own class path. Arguments: the directory of features, the
/// directory of files to copy as they are, the directory to make, whether to train the caches, the directory of
/// container images, that of what the module `helm` has built, the Maven repository of what plug-ins are built with,
/// the directory of examples, and the version.
public final class Assemble {
    /// Annotations that matter to compilers only.
    private static final List<String> LEFT_OUT = List.of("animal-sniffer-annotations-", "osgi.annotation-",
            "org.osgi.namespace.extender-", "jspecify-", "error_prone_annotations-", "jsr305-", "annotations-api-");

    /// As `k3s --version` shows it.
    private static final int COMMIT_CHARS = 8;

    private Assemble() {
    }

    /// Makes `lib/`, `features/`, `bin/` and, when trained, the caches.
    public static void main(String[] arguments) throws IOException {
        Path features = Path.of(arguments[0]);
        Path dist = Path.of(arguments[2]).normalize();
        List<Jar> jars = jars();
        Path lib = Files.createDirectories(dist.resolve("lib"));
        // what has no checksums is not complete
        Files.deleteIfExists(lib.resolve("k3s-base.crc"));
        BundleIndex index = new Indexer(jars.stream().filter(jar -> !framework(jar)).toList()).index();
        // the directory of features lies in the root of the source tree
        Map<String, byte[]> more = GitHead.of(Objects.requireNonNull(features.toAbsolutePath().normalize().getParent()))
                .map(commit -> Map.of("io/k3j/cli/commit", (commit + "\n").getBytes(StandardCharsets.US_ASCII)))
                .orElse(Map.of());
        MergedJar.write(jars.stream().filter(jar -> !jar.apart()).toList(), more, lib.resolve("k3s-base.jar"));
        Trees.delete(lib.resolve("apart"));
        Path apart = Files.createDirectories(lib.resolve("apart"));
        Files.write(dist.resolve(ReleaseFacts.FILE), facts(jars, more, arguments[8]).json());
        for (Jar jar : jars.stream().filter(Jar::apart).toList()) {
            Path group = Files.createDirectories(jar.apartGroup().equals("true") ? apart
                    : apart.resolve(jar.apartGroup()));
            Files.copy(jar.file(), group.resolve(jar.symbolicName() + ".jar"));
        }
        Trees.delete(lib.resolve("native"));
        NativeLibraries.write(jars, lib.resolve("native"));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(lib.resolve("k3s-base.idx")))) {
            index.write(out);
        }
        Checksums.write(dist);
        HelmProgram.write(Path.of(arguments[5]), lib.resolve("helm"));
        Trees.delete(dist.resolve("features"));
        Trees.copy(features, dist.resolve("features"));
        Trees.copy(Path.of(arguments[1]), dist);
        Path images = Path.of(arguments[4]);
        if (Files.isDirectory(images)) {
            Trees.copy(images, dist.resolve("images"));
        }
        share(arguments[6], dist.resolve("share/maven"));
        share(arguments[7], dist.resolve("share/examples"));
        train(dist, arguments[3].equals("true"));
    }

    private static ReleaseFacts facts(List<Jar> jars, Map<String, byte[]> more, String version) {
        SortedMap<String, String> bundles = new TreeMap<>();
        jars.stream().filter(Jar::bundle).forEach(jar -> bundles.put(jar.symbolicName(), Indexer.digest(List.of(jar))));
        byte[] commit = more.getOrDefault("io/k3j/cli/commit", new byte[0]);
        return new ReleaseFacts(ReleaseVersion.of(version), ReleaseVersion.of(Main.VERSION),
                commit.length < COMMIT_CHARS ? "unknown"
                        : new String(commit, 0, COMMIT_CHARS, StandardCharsets.US_ASCII),
                Runtime.version().feature(), DataForm.OWN, bundles);
    }

    private static void share(String from, Path to) throws IOException {
        Trees.delete(to);
        Trees.copy(Path.of(from), to);
    }

    private static List<Jar> jars() throws IOException {
        List<Jar> jars = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(element);
            String name = file.getFileName().toString();
            if (name.endsWith(".jar") && LEFT_OUT.stream().noneMatch(name::startsWith)) {
                jars.add(Jar.read(file));
            }
        }
        jars.sort(Comparator.comparing(jar -> jar.file().getFileName().toString()));
        return jars;
    }

    /// The framework runs the bundles; it is none of them.
    private static boolean framework(Jar jar) {
        return jar.bundle() && jar.symbolicName().equals("org.apache.felix.framework");
    }

    private static void train(Path dist, boolean wanted) {
        try {
            Files.deleteIfExists(dist.resolve("lib/k3s.aot"));
            Trees.delete(dist.resolve("cache"));
            if (wanted) {
                new Training(dist, Path.of(System.getProperty("java.home"))).run();
            }
        } catch (IOException e) {
            System.err.println("no caches, starts will be slower: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
