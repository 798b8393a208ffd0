package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.imageregistries.ImageRequest;
import io.k3j.imageregistries.SharedRegistries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedImagesTest {
    @TempDir
    Path dir;
    private TestContent content;
    private SharedRegistries registries;

    @BeforeEach
    void begin() throws IOException {
        content = new TestContent(dir, "layer");
        Path file = Files.writeString(dir.resolve("registries.yaml"), "mirrors: {docker.io: , q.io: }");
        registries = new SharedRegistries(file);
        registries.refresh();
    }

    private SharedImages of(boolean latest, String... names) {
        return SharedImages.of(List.of(names).stream().map(content::image).toList(), new ContentDirectory(dir),
                registries, latest);
    }

    private static ImageRequest manifest(String repository, String reference) {
        return new ImageRequest("docker.io", repository, true, reference);
    }

    private static ImageRequest blob(String digest) {
        return new ImageRequest("docker.io", "library/busybox", false, digest);
    }

    @Test
    void anImageIsGivenByTagAndDigestsWithWhatBelongsToIt() {
        SharedImages images = of(false, "docker.io/library/busybox:1", "sha256:abcd");
        assertThat(images.references()).containsOnlyKeys("docker.io/library/busybox");
        assertThat(images.references().get("docker.io/library/busybox"))
                .as("no manifest of another platform").containsExactlyInAnyOrder("1", content.index, content.manifest);
        assertThat(images.find(manifest("library/busybox", "1")))
                .contains(new Descriptor(TestContent.INDEX_TYPE, content.index));
        assertThat(images.find(manifest("library/busybox", content.manifest)))
                .contains(new Descriptor(TestContent.MANIFEST_TYPE, content.manifest));
        assertThat(images.find(blob(content.layer))).isPresent();
        assertThat(images.find(blob(content.config))).isPresent();
        assertThat(images.find(manifest("library/busybox", "2"))).isEmpty();
        assertThat(images.find(manifest("library/other", "1"))).isEmpty();
    }

    @Test
    void onlyRegistriesUnderMirrorsAreShared() throws IOException {
        String secret = content.add("a layer of another registry");
        SharedImages images = of(false, "private.io/a:1", "k3j.io/pause:1");
        assertThat(images.references()).isEmpty();
        assertThat(images.find(blob(content.layer))).isEmpty();
        assertThat(of(false, "docker.io/a:1").find(blob(secret))).as("content of no shared image").isEmpty();
    }

    @Test
    void latestIsGivenByDigestOnlyUnlessItIsWanted() {
        assertThat(of(false, "docker.io/a/b:latest").references().get("docker.io/a/b")).contains(content.index)
                .doesNotContain("latest");
        assertThat(of(false, "docker.io/a/b:latest").find(manifest("a/b", "latest"))).isEmpty();
        assertThat(of(true, "docker.io/a/b:latest").find(manifest("a/b", "latest"))).isPresent();
    }

    @Test
    void manifestsThatCannotBeReadOrTurnInACircleEndNothing() throws IOException {
        String bad = content.add("{\"manifests\":");
        Descriptor index = new Descriptor(TestContent.INDEX_TYPE, bad);
        SharedImages images = SharedImages.of(List.of(new ContainerdImages.Stored("docker.io/a/b:1", index)),
                new ContentDirectory(dir), registries, false);
        assertThat(images.find(manifest("a/b", "1"))).isEqualTo(Optional.of(index));
        assertThat(new ContentDirectory(dir).has("sha256:../../../../etc/passwd")).isFalse();
        assertThat(new ContentDirectory(dir).manifest("sha256:" + "0".repeat(64))).isEmpty();
    }
}
