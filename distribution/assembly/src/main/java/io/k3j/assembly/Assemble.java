package io.k3j.assembly;

import io.k3j.launcher.BundleIndex;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Lays out the distribution. Arguments: the directory of jars, the directory of features, the directory
/// of files to copy as they are, the directory to make, and whether to train the caches.
public final class Assemble {
    private Assemble() {
    }

    /// Makes `lib/`, `features/`, `bin/` and, when trained, the caches.
    public static void main(String[] arguments) throws IOException {
        Path jarDirectory = Path.of(arguments[0]);
        Path features = Path.of(arguments[1]);
        Path dist = Path.of(arguments[3]).normalize();
        List<Jar> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(jarDirectory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
                jars.add(Jar.read(file));
            }
        }
        Path lib = Files.createDirectories(dist.resolve("lib"));
        BundleIndex index = new Indexer(jars.stream().filter(jar -> !framework(jar)).toList()).index();
        MergedJar.write(jars, lib.resolve("k3s-base.jar"));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(lib.resolve("k3s-base.idx")))) {
            index.write(out);
        }
        Trees.delete(dist.resolve("features"));
        Trees.copy(features, dist.resolve("features"));
        Trees.copy(Path.of(arguments[2]), dist);
        train(dist, arguments[4].equals("true"));
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
