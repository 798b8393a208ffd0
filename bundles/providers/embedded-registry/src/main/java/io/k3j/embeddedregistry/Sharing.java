package io.k3j.embeddedregistry;

import io.k3j.imageregistries.SharedRegistries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Follows what containerd has and tells it the others: changes at once, all of it every few minutes. One thread; only
/// [#images] is for any.
final class Sharing {
    private static final System.Logger LOG = System.getLogger("io.k3j.embeddedregistry");
    /// Two may be missed before what was told is forgotten ([HolderTable#KEPT]).
    private static final Duration AGAIN = Duration.ofMinutes(5);
    private static final int SPREAD_SECONDS = 60;
    private final Path file;
    private final SharedRegistries registries;
    private final Source source;
    private final ContentDirectory content;
    private final boolean latest;
    private final InstantSource clock;
    private final RandomGenerator random;
    private volatile SharedImages images = SharedImages.none();
    private List<ContainerdImages.Stored> seen = List.of();
    private Instant next = Instant.MIN;
    private boolean begun;

    /// Where images are listed.
    interface Source {
        List<ContainerdImages.Stored> list() throws IOException;
    }

    /// Who is told.
    interface Listener {
        void tell(Map<String, Set<String>> images, boolean everything) throws InterruptedException;
    }

    /// @param file `registries.yaml`, for messages
    /// @param latest whether images are given by the tag `latest`, too
    /// @param random spreads the times at which nodes tell
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    Sharing(Path file, SharedRegistries registries, Source source, ContentDirectory content, boolean latest,
            InstantSource clock, RandomGenerator random) {
        this.file = file;
        this.registries = registries;
        this.source = source;
        this.content = content;
        this.latest = latest;
        this.clock = clock;
        this.random = random;
    }

    /// What this node gives.
    SharedImages images() {
        return images;
    }

    /// Looks once, and has it told; everything when it is time.
    ///
    /// @throws IOException when containerd does not answer
    void step(Listener listener) throws IOException, InterruptedException {
        boolean changed = registries.refresh();
        if (changed || !begun) {
            begun = true;
            logRegistries();
        }
        List<ContainerdImages.Stored> now = source.list();
        boolean due = !clock.instant().isBefore(next);
        if (changed || due || !now.equals(seen)) {
            images = SharedImages.of(now, content, registries, latest);
            seen = now;
        }
        listener.tell(images.references(), due);
        if (due) {
            next = clock.instant().plus(AGAIN).plusSeconds(random.nextInt(SPREAD_SECONDS));
        }
    }

    private void logRegistries() {
        if (registries.any()) {
            LOG.log(System.Logger.Level.INFO, "Sharing images with the other nodes path={0}", file);
        } else {
            LOG.log(System.Logger.Level.WARNING, "Sharing no images: --embedded-registry is on and mirrors of {0} "
                    + "names no registry; add below mirrors, on each node, the registries to share, as docker.io:, or "
                    + "\"*\": for all", file);
        }
    }
}
