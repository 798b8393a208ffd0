package io.k3j.image;

import io.k3j.images.Images;
import io.k3j.images.Layer;
import io.k3j.images.OciImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes the image that Jobs of the system-upgrade-controller run, for the architecture of this machine: a busybox with
/// `k3s-upgrade.sh`, and the tar of a release as it is published, with its checksum. Arguments: that tar, the script, a
/// directory for layers, the tar to make, the image's name, and whether to do it at all.
public final class UpgradeImage {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String HOME = "/opt/k3s";
    private static final String SCRIPT = HOME + "/k3s-upgrade.sh";
    private static final int OPEN = 0755;
    private static final int SHARED = 01777;

    private UpgradeImage() {
    }

    /// Makes it; where the machine has no busybox it says so, and makes none.
    public static void main(String[] arguments) throws IOException {
        Path tar = Path.of(arguments[3]).normalize();
        if (!arguments[5].equals("true")) {
            return;
        }
        Files.deleteIfExists(tar);
        if (!Files.exists(BUSYBOX)) {
            System.out.println("no image for upgrades, which has busybox; type: apt-get install busybox-static");
            return;
        }
        Path layers = Files.createDirectories(Path.of(arguments[2]).normalize());
        Path stored = layers.resolve("upgrade-release.tar");
        Layer programs = Layer.compressed(layers.resolve("upgrade-programs.tar.gz"),
                out -> programs(Path.of(arguments[1])).write(out, DistributionImage.TIME));
        Layer release = Layer.stored(stored, out -> release(Path.of(arguments[0])).write(out, DistributionImage.TIME));
        write(tar, arguments[4], List.of(programs, release));
        Files.delete(stored);
        System.out.println(arguments[4] + " is " + tar + ", " + (Files.size(tar) >> 20) + " MiB");
    }

    private static void write(Path tar, String name, List<Layer> layers) throws IOException {
        Path begun = tar.resolveSibling(tar.getFileName() + ".new");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(begun))) {
            new OciImage(out, name, config(name.substring(name.lastIndexOf(':') + 1)), DistributionImage.TIME)
                    .with(Images.architecture(), layers).end();
        }
        Files.move(begun, tar);
    }

    /// As the image of K3s, which upgrades when it is given nothing.
    private static String config(String version) {
        return """
                {"Entrypoint":["/bin/sh","%s"],"Cmd":["upgrade"],"Env":["PATH=/usr/bin:/bin"],\
                "Labels":{"org.opencontainers.image.title":"K3j upgrade","org.opencontainers.image.version":"%s"}}"""
                .formatted(SCRIPT, version);
    }

    /// The service account is mounted below `/var/run`, which is no link here: the node looks for it from its own root.
    private static RootTree programs(Path script) throws IOException {
        RootTree tree = new RootTree().link("/bin", "usr/bin").directory("/tmp", SHARED, 0);
        for (String path : List.of("/dev", "/etc", "/host", "/proc", "/run", "/sys", "/usr/bin", "/var/run")) {
            tree.directory(path, OPEN, 0);
        }
        tree.text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n").text("/etc/group", "root:x:0:\n");
        tree.copy("/usr/bin/busybox", BUSYBOX).copy(SCRIPT, script);
        for (String applet : Images.applets(BUSYBOX)) {
            tree.link("/usr/bin/" + applet, "busybox");
        }
        return records(tree);
    }

    private static RootTree records(RootTree tree) throws IOException {
        try {
            DebianRecords.into(tree, List.of("busybox-static"));
            return tree;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static RootTree release(Path tar) throws IOException {
        Path sums = tar.toAbsolutePath().resolveSibling("sha256sum-" + Images.architecture() + ".txt");
        return new RootTree().copy(HOME + "/" + tar.getFileName(), tar).copy(HOME + "/" + sums.getFileName(), sums);
    }
}
