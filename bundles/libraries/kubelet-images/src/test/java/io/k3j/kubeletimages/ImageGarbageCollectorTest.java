package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletimages.ImageGarbageCollector.Limits;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ImageGarbageCollectorTest {
    private static final Limits LIMITS = new Limits(85, 80, Duration.ofMinutes(2));
    private final ManualClock clock = new ManualClock();
    private final Store store = new Store();
    private final List<String> told = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class},
            (p, m, a) -> m.getName().equals("images") ? store : containers);
    private final ImageGarbageCollector collector = new ImageGarbageCollector(runtime, LIMITS, clock,
            (reason, message) -> told.add(reason + ": " + message),
            d -> new ImageGarbageCollector.Space(1000, 1000 - store.used));

    /// Images of 20 bytes each on a disk of 1000.
    private static final class Store implements ImageStore {
        final List<Image> images = new ArrayList<>();
        final List<String> stuck = new ArrayList<>();
        long used;

        void add(String id, boolean pinned) {
            images.add(new Image(id, List.of(id + ":1"), List.of(id + "@d"), 20, OptionalLong.empty(), "", pinned));
        }

        @Override
        public Optional<Image> find(String name) {
            return Optional.empty();
        }

        @Override
        public List<Image> list() {
            return List.copyOf(images);
        }

        @Override
        public String pull(String name, Struct auth) {
            return name;
        }

        @Override
        public void remove(String name) {
            if (stuck.contains(name)) {
                throw new RuntimeFault(RuntimeFault.Kind.FAILED, "in use");
            }
            images.removeIf(i -> i.id().equals(name));
            used -= 20;
        }

        @Override
        public Disk disk() {
            return new Disk("/", 0);
        }
    }

    private void used(int percent) {
        store.used = percent * 10L;
    }

    private List<String> left() {
        return store.images.stream().map(Image::id).toList();
    }

    @Test
    void theOnesUnusedForLongestGoUntilThereIsRoom() throws IOException {
        store.add("old", false);
        used(70);
        assertThat(collector.collect()).isZero();
        clock.advance(Duration.ofMinutes(1));
        for (String id : List.of("a", "b", "c", "pinned")) {
            store.add(id, id.equals("pinned"));
        }
        collector.collect();
        clock.advance(Duration.ofMinutes(3));
        used(86);
        assertThat(collector.collect()).isEqualTo(3);
        assertThat(left()).hasSize(2).contains("pinned").doesNotContain("old");
        assertThat(told).isEmpty();
    }

    @Test
    void whatContainersUseStaysAndSoDoesWhatHasJustCome() throws IOException {
        for (String id : List.of("byId", "byDigest", "free")) {
            store.add(id, false);
        }
        containers.add(container("byId"));
        containers.add(container("byDigest@d"));
        used(95);
        assertThat(collector.collect()).isZero();
        assertThat(told).containsExactly("FreeDiskSpaceFailed: Insufficient free disk space on the node's image"
                + " filesystem (95% of 1000 B used). Failed to free sufficient space by deleting unused images (freed 0"
                + " bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other"
                + " data.");
        clock.advance(Duration.ofMinutes(2));
        store.add("new", false);
        collector.collect();
        assertThat(left()).containsExactly("byId", "byDigest", "new");
    }

    @Test
    void oneThatCannotBeRemovedDoesNotKeepTheOthers() throws IOException {
        store.add("stuck", false);
        store.add("free", false);
        store.stuck.add("stuck");
        used(86);
        collector.collect();
        clock.advance(Duration.ofMinutes(2));
        assertThat(collector.collect()).isEqualTo(1);
        assertThat(left()).containsExactly("stuck");
    }

    @Test
    void aDiskThatOthersFillCostsNoMoreImagesThanWouldBeEnough() throws IOException {
        for (int i = 0; i < 30; i++) {
            store.add("i" + i, false);
        }
        used(85);
        ImageGarbageCollector blind = new ImageGarbageCollector(runtime, LIMITS, clock, (r, m) -> told.add(m),
                d -> new ImageGarbageCollector.Space(1000, 150));
        blind.collect();
        told.clear();
        clock.advance(Duration.ofMinutes(2));
        assertThat(blind.collect()).isEqualTo(3);
        assertThat(told).isEmpty();
    }

    @Test
    void sizesOfDisksAreForPeople() throws IOException {
        new ImageGarbageCollector(runtime, LIMITS, clock, (r, m) -> told.add(m),
                d -> new ImageGarbageCollector.Space(40L << 30, 1L << 30)).collect();
        assertThat(told).singleElement().asString().contains("(98% of 40.0 GiB used)");
    }

    @Test
    void whatNobodyHasUsedForLongGoesWhateverTheDiskHasLeft() throws IOException {
        ImageGarbageCollector tidy = new ImageGarbageCollector(runtime,
                new Limits(85, 80, Duration.ofMinutes(2), Duration.ofHours(1)), clock, (r, m) -> told.add(m),
                d -> new ImageGarbageCollector.Space(1000, 900));
        store.add("old", false);
        store.add("pinned", true);
        store.add("used", false);
        containers.add(container("used"));
        tidy.collect();
        clock.advance(Duration.ofMinutes(30));
        store.add("young", false);
        assertThat(tidy.collect()).isZero();
        clock.advance(Duration.ofMinutes(31));
        assertThat(tidy.collect()).isEqualTo(1);
        assertThat(left()).containsExactly("pinned", "used", "young");
        clock.advance(Duration.ofHours(10));
        assertThat(collector.collect()).as("by default they stay").isZero();
    }

    @Test
    void thresholdsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Limits(85, 80, Duration.ofMinutes(2), Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("image-maximum-gc-age");
        assertThatThrownBy(() -> new Limits(80, 85, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--kubelet-arg image-gc-low-threshold=85");
    }

    private static Container container(String image) {
        return new Container("id-" + image, "s", "c", 0, Container.State.EXITED, image, Map.of(), Map.of(),
                Container.End.NONE);
    }
}
