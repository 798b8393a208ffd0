package io.k3j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "packages", disabledReason = "no Debian with busybox; apt-get install busybox-static")
class UpgradeImageTest {
    private static final String TAR = "k3s-0.2.0-linux-amd64.tar.gz";
    private static final String NAME = "k3j.io/k3s-upgrade:0.2.0";
    @TempDir
    Path directory;

    static boolean packages() {
        return Files.isExecutable(Path.of("/bin/busybox")) && Files.isExecutable(Path.of("/usr/bin/dpkg-query"));
    }

    private Path image() throws IOException, InterruptedException {
        Path release = Files.writeString(directory.resolve(TAR), "the release");
        for (String arch : List.of("amd64", "arm64")) {
            Files.writeString(directory.resolve("sha256sum-" + arch + ".txt"), "its sum");
        }
        Path script = Files.writeString(directory.resolve("k3s-upgrade.sh"), "#!/bin/sh\n");
        Path image = directory.resolve("image.tar");
        UpgradeImage.main(new String[] {release.toString(), script.toString(), directory.resolve("layers").toString(),
                image.toString(), NAME, "true"});
        return image;
    }

    /// What `tar` lists of each blob that is one.
    private String layers(Path image) throws IOException, InterruptedException {
        Path unpacked = Files.createDirectories(directory.resolve("unpacked"));
        Commands.output(List.of("tar", "-xf", image.toString(), "-C", unpacked.toString()));
        assertThat(unpacked.resolve("manifest.json")).content().contains(NAME);
        StringBuilder all = new StringBuilder();
        try (Stream<Path> blobs = Files.list(unpacked.resolve("blobs/sha256"))) {
            for (Path blob : blobs.sorted().toList()) {
                all.append(Commands.output(List.of("tar", "--numeric-owner", "-tvf", blob.toString())));
            }
        }
        return all.toString();
    }

    @Test
    void holdsTheReleaseAsItIsPublishedAndTheShellThatRunsTheScript() throws Exception {
        String listed = layers(image());
        assertThat(listed).contains(" opt/k3s/" + TAR, " opt/k3s/sha256sum-a", " opt/k3s/k3s-upgrade.sh",
                " usr/bin/sh -> busybox", " usr/bin/nsenter -> busybox", " usr/bin/chroot -> busybox",
                " bin -> usr/bin");
        assertThat(listed).containsPattern("drwxr-xr-x 0/0 .* var/run/\n");
    }

    @Test
    void theSameReleaseIsTheSameImage() throws Exception {
        byte[] first = Files.readAllBytes(image());
        assertThat(Files.readAllBytes(image())).isEqualTo(first);
    }
}
