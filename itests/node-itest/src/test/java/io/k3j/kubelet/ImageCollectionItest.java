package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.testkitregistry.TestImage;
import io.k3j.testkitregistry.TestRegistry;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
            long before = left();

            assertThat(collector(99, Duration.ofHours(1)).collect()).as("the disk is not full").isZero();
            assertThat(collector(1, Duration.ofHours(1)).collect()).as("they have just come").isZero();
            assertThat(told).singleElement().asString().startsWith("FreeDiskSpaceFailed");

            assertThat(collector(1, Duration.ZERO).collect()).isPositive();
            assertThat(images().find(unused)).isEmpty();
            assertThat(images().find(used)).isPresent();
            assertThat(images().list().stream().map(Image::tags)).contains(List.of("k3j.io/pause:1"));
            assertThat(left() - before).as("bytes of the disk that are free again").isGreaterThan(MEBIBYTES - 2 << 20);
            assertThat(ready(find("user"))).isTrue();
        }
    }

    private ImageGarbageCollector collector(int high, Duration age) {
        return new ImageGarbageCollector(containerd.runtime(), new ImageGarbageCollector.Limits(high, 0, age),
                InstantSource.system(), (reason, message) -> told.add(reason + ": " + message));
    }

    private static long left() throws Exception {
        FileStore disk = Files.getFileStore(Objects.requireNonNull(directory));
        return disk.getUsableSpace();
    }
}
