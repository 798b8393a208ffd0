package io.k3j.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The directory the distribution was unpacked to.
///
/// @param root holds `lib/`, `features/`, `bin/`
public record Home(Path root) {
    /// From the system property `k3j.home`, else from where the merged jar lies.
    public static Home find() {
        String property = System.getProperty("k3j.home");
        if (property != null) {
            return new Home(Path.of(property));
        }
        try {
            Path jar = Path.of(Home.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path lib = Objects.requireNonNull(jar.toAbsolutePath().getParent());
            return new Home(Objects.requireNonNull(lib.getParent()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot tell where this program lies; set -Dk3j.home", e);
        }
    }

    /// The index of the base bundles.
    public BundleIndex index() throws IOException {
        try (InputStream in = Files.newInputStream(root.resolve("lib/k3s-base.idx"))) {
            return BundleIndex.read(in);
        }
    }

    /// Where the bundles lie that are not on the class path.
    public Path apart() {
        return root.resolve("lib/apart");
    }

    /// Where those of a group lie: what two groups bring may be two versions of one library.
    Path apart(String group) {
        return group.equals("true") ? apart() : apart().resolve(group);
    }

    /// Sees the classes of the class path and of the bundles beside it that name no group, for commands that use a
    /// bundle's class without a framework. Lives as long as the process.
    public ClassLoader classes() throws IOException {
        return classes("true");
    }

    /// The same for the bundles of a group.
    ClassLoader classes(String group) throws IOException {
        List<URL> jars = new ArrayList<>();
        if (Files.isDirectory(apart(group))) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(apart(group), "*.jar")) {
                for (Path jar : all) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return new URLClassLoader("apart", jars.toArray(URL[]::new), Home.class.getClassLoader());
    }

    /// Where the features are described; tests name another directory in the system property `k3j.features`.
    public Path features() {
        String property = System.getProperty("k3j.features");
        return property == null ? root.resolve("features") : Path.of(property);
    }

    /// A framework cache made beforehand, which saves the first start its installation; may be absent.
    Path preparedCache() {
        return root.resolve("cache/fw");
    }
}
