package io.k3j.kubelet;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitregistry.TestImage;
import io.k3j.testkitregistry.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Images of a real containerd that have to go.
class ImageCollectionItest extends NodeScene {
    private static final int MEBIBYTES = 8;
    private final List<String> told = new ArrayList<>();

    private static ImageStore images() {
        return containerd.runtime().images();
    }

    @Test
    void unusedImagesGoAndWhatIsUsedOrShippedStays() throws Exception {
        try (TestRegistry registry = TestRegistry.plain("127.0.0.1")) {
            byte[] ballast = new byte[MEBIBYTES << 20];
            new SecureRandom().nextBytes(ballast);
            registry.push("unused", "1", TestImage.of(ballast));
            registry.push("used", "1", TestImage.of(Path.of(directory.toString(), "shipped", "busybox.tar"))
                    .with("used".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            String unused = registry.address() + "/unused:1";
            String used = registry.address() + "/used:1";
            images().pull(unused, Struct.EMPTY);
            create("user", shell(LOOP).with("image", used));
            until("user", NodeScene::ready);
            assertThat(images().find(unused)).isPresent();
            long before = kept();

            assertThat(collector(99, Duration.ofHours(1)).collect()).as("the disk is not full").isZero();
            assertThat(collector(1, Duration.ofHours(1)).collect()).as("they have just come").isZero();
            assertThat(told).singleElement().asString().startsWith("FreeDiskSpaceFailed");

            assertThat(collector(1, Duration.ZERO).collect()).isPositive();
            assertThat(images().find(unused)).isEmpty();
            assertThat(images().find(used)).isPresent();
            assertThat(images().list().stream().map(Image::tags)).contains(List.of("k3j.io/pause:1"));
            Waiting.until("end of bytes that containerd kept", () -> before - kept() > 2L * MEBIBYTES - 2 << 20);
            assertThat(ready(find("user"))).isTrue();
        }
    }

    private ImageGarbageCollector collector(int high, Duration age) {
        return new ImageGarbageCollector(containerd.runtime(), new ImageGarbageCollector.Limits(high, 0, age),
                InstantSource.system(), (reason, message) -> told.add(reason + ": " + message));
    }

    /// Layers, packed and unpacked. How much of the disk is free is up to everything that runs beside this, too.
    private static long kept() throws IOException {
        long kept = 0;
        for (String part : List.of("io.containerd.content.v1.content/blobs",
                "io.containerd.snapshotter.v1.overlayfs/snapshots")) {
            Path root = Objects.requireNonNull(directory).resolve("agent/containerd").resolve(part);
            try (Stream<Path> files = Files.walk(root)) {
                kept += files.filter(file -> Files.isRegularFile(file, NOFOLLOW_LINKS))
                        .mapToLong(file -> file.toFile().length()).sum();
            }
        }
        return kept;
    }
}
