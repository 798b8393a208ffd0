package io.k3j.image;

import io.k3j.images.Images;
import io.k3j.images.Layer;
import io.k3j.images.OciImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Makes the image of a release, for the architecture of this machine. Arguments: the release, a directory for layers,
/// the tar to make, the image's name, and whether to do it at all.
public final class DistributionImage {
    /// Of everything in it, whenever it is made; that of the tar.
    static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HOME = "/usr/lib/k3s";
    private static final String RUNTIME = "runtime";
    private final Path release;
    private final Path layers;
    private final String version;

    private DistributionImage(Path release, Path layers, String version) {
        this.release = release;
        this.layers = layers;
        this.version = version;
    }

    /// Makes it; where the machine lacks a program it says which, and makes none.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path tar = Path.of(arguments[2]).normalize();
        if (!arguments[4].equals("true")) {
            return;
        }
        Files.deleteIfExists(tar);
        Set<String> missing = HostFiles.listed().missing();
        if (!missing.isEmpty()) {
            System.out.println("no container image, which holds programs of this machine; type: apt-get install "
                    + String.join(" ", missing));
            return;
        }
        String name = arguments[3];
        DistributionImage image = new DistributionImage(Path.of(arguments[0]).toRealPath(),
                Files.createDirectories(Path.of(arguments[1]).normalize()), name.substring(name.lastIndexOf(':') + 1));
        image.write(tar, name);
    }

    private void write(Path tar, String name) throws IOException, InterruptedException {
        List<Layer> all = List.of(layer("programs", programs()), layer(RUNTIME, runtime()),
                layer("k3s", distribution()));
        Path begun = tar.resolveSibling(tar.getFileName() + ".new");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(begun))) {
            new OciImage(out, name, ImageConfig.json(version), TIME).with(Images.architecture(), all).end();
        }
        Files.move(begun, tar);
        System.out.println(name + " is " + tar + ", " + (Files.size(tar) >> 20) + " MiB");
    }

    private Layer layer(String name, RootTree tree) throws IOException {
        return Layer.compressed(layers.resolve(name + ".tar.gz"), out -> tree.write(out, TIME));
    }

    /// Changes with the machine's packages only.
    private RootTree programs() throws IOException, InterruptedException {
        RootTree tree = new RootTree();
        BaseFiles.into(tree, version);
        HostFiles files = HostFiles.listed();
        files.into(tree, Images.applets(Path.of("/bin/busybox")));
        List<Path> linked = new ArrayList<>(files.all().stream().map(HostFiles.HostFile::file).toList());
        linked.add(release.resolve(RUNTIME));
        linked.add(release.resolve("lib/native").resolve(machine()));
        linked.add(release.resolve("lib/helm").resolve(machine()));
        Set<Path> libraries = SharedLibraries.of(linked, release);
        for (Path library : libraries) {
            tree.copy(library.toString(), library);
        }
        Set<String> packages = new TreeSet<>(files.packages());
        packages.addAll(DebianRecords.owners(libraries));
        DebianRecords.into(tree, packages);
        return tree;
    }

    private static String machine() {
        return Images.architecture().equals("arm64") ? "aarch64" : "x86_64";
    }

    /// Changes with Java only.
    private RootTree runtime() throws IOException {
        return new RootTree().copy(HOME + "/" + RUNTIME, release.resolve(RUNTIME));
    }

    private RootTree distribution() throws IOException {
        RootTree tree = new RootTree();
        for (String name : List.of("bin", "cache", "features", "images", "lib", "share")) {
            if (Files.exists(release.resolve(name))) {
                tree.copy(HOME + "/" + name, release.resolve(name));
            }
        }
        tree.link("/bin/k3s", "../lib/k3s/bin/k3s");
        for (String tool : List.of("kubectl", "crictl", "ctr")) {
            tree.link("/bin/" + tool, "k3s");
        }
        return tree;
    }
}
