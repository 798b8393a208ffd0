package io.k3j.assembly;

import io.k3j.launcher.BundleIndex;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Lays out the distribution. Arguments: the directory of jars, the directory of features, the directory
/// to make.
public final class Assemble {
    private Assemble() {
    }

    /// Makes `lib/k3s-base.jar`, `lib/k3s-base.idx` and `features/`.
    public static void main(String[] arguments) throws IOException {
        Path jarDirectory = Path.of(arguments[0]);
        Path features = Path.of(arguments[1]);
        Path dist = Path.of(arguments[2]);
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
        copy(features, dist.resolve("features"));
    }

    /// The framework runs the bundles; it is none of them.
    private static boolean framework(Jar jar) {
        return jar.bundle() && jar.symbolicName().equals("org.apache.felix.framework");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
