package io.k3j.kubeletimages;

import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Removes the images that were not used for longest when the disk they lie on fills. Pinned images and those of
/// containers, ended ones included, stay. Rules:
/// <https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images>. Any thread; one works at a
/// time, the others wait.
public final class ImageGarbageCollector {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final int WHOLE = 100;
    private static final int KIBI = 1024;
    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");
    private final ContainerRuntime runtime;
    private final Limits limits;
    private final InstantSource clock;
    private final Disks disks;
    private final BiConsumer<String, String> told;
    private final Map<String, Instant> lastUsed = new HashMap<>();
    private volatile Supplier<Set<String>> others = Set::of;

    /// When it begins and ends.
    ///
    /// @param highPercent of the disk in use: from here on images are removed; 100 never
    /// @param lowPercent of the disk in use: down to here
    /// @param age an image that came or was used since then stays
    /// @param unused one that was not used for longer goes, whatever the disk has left; zero: none does
    public record Limits(long highPercent, long lowPercent, Duration age, Duration unused) {
        /// Without a time after which images go by themselves.
        public Limits(long highPercent, long lowPercent, Duration age) {
            this(highPercent, lowPercent, age, Duration.ZERO);
        }

        /// @throws IllegalArgumentException naming the `--kubelet-arg`
        public Limits {
            if (lowPercent < 0 || highPercent > WHOLE || lowPercent >= highPercent) {
                throw new IllegalArgumentException("--kubelet-arg image-gc-low-threshold=" + lowPercent
                        + " has to be below image-gc-high-threshold=" + highPercent + ", both from 0 to 100");
            }
            if (unused.isNegative() || !unused.isZero() && unused.compareTo(age) <= 0) {
                throw new IllegalArgumentException("--kubelet-arg image-maximum-gc-age=" + unused
                        + " has to be longer than minimum-image-ttl-duration=" + age + ", or 0s for none");
            }
        }
    }

    /// Bytes of a disk.
    record Space(long total, long available) {
        long usedPercent() {
            return WHOLE - WHOLE * available / Math.max(1, total);
        }
    }

    /// Looks at the disk of a directory.
    interface Disks {
        Space of(String directory) throws IOException;
    }

    /// @param clock the monotonic clock
    /// @param told of what an operator should know: reason and message of an Event about the node, a warning
    public ImageGarbageCollector(ContainerRuntime runtime, Limits limits, InstantSource clock,
            BiConsumer<String, String> told) {
        this(runtime, limits, clock, told, directory -> {
            FileStore store = Files.getFileStore(Path.of(directory));
            return new Space(store.getTotalSpace(), store.getUsableSpace());
        });
    }

    ImageGarbageCollector(ContainerRuntime runtime, Limits limits, InstantSource clock,
            BiConsumer<String, String> told, Disks disks) {
        this.runtime = runtime;
        this.limits = limits;
        this.clock = clock;
        this.told = told;
        this.disks = disks;
    }

    /// Keeps also the images with these ids, which are asked for in each round: those that are volumes.
    public void using(Supplier<Set<String>> ids) {
        others = ids;
    }

    /// One round; blocks while images are removed.
    ///
    /// @return how many were removed
    /// @throws IOException when the disk cannot be asked
    public synchronized int collect() throws IOException {
        Instant now = clock.instant();
        int removed = removeLongUnused(now);
        List<Image> all = notice(now);
        String place = runtime.images().disk().path();
        Space space = disks.of(place);
        if (limits.highPercent() == WHOLE || space.usedPercent() < limits.highPercent()) {
            return removed;
        }
        long wanted = space.total() / WHOLE * (WHOLE - limits.lowPercent()) - space.available();
        long freed = 0;
        for (Image image : candidates(all, now)) {
            if (freed >= wanted || disks.of(place).usedPercent() <= limits.lowPercent()) {
                return removed;
            }
            if (remove(image)) {
                removed++;
                freed += image.sizeBytes();
            }
        }
        if (freed < wanted && disks.of(place).usedPercent() > limits.lowPercent()) {
            failed(space, freed);
        }
        return removed;
    }

    /// In upstream's words.
    private void failed(Space space, long freed) {
        told.accept("FreeDiskSpaceFailed", "Insufficient free disk space on the node's image filesystem ("
                + space.usedPercent() + "% of " + size(space.total())
                + " used). Failed to free sufficient space by deleting unused images (freed " + freed
                + " bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other"
                + " data.");
    }

    private static String size(long bytes) {
        if (bytes < KIBI) {
            return bytes + " B";
        }
        double size = bytes / (double) KIBI;
        int unit = 0;
        for (; size >= KIBI && unit < UNITS.size() - 1; unit++) {
            size /= KIBI;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS.get(unit));
    }

    private int removeLongUnused(Instant now) {
        if (limits.unused().isZero()) {
            return 0;
        }
        return (int) candidates(notice(now), now).stream()
                .filter(i -> unusedFor(i, now).compareTo(limits.unused()) > 0).filter(this::remove).count();
    }

    private Duration unusedFor(Image image, Instant now) {
        return Duration.between(lastUsed.getOrDefault(image.id(), now), now);
    }

    /// Removes all images that nobody uses, whatever the disk has left; those that came or were used lately stay.
    ///
    /// @return how many were removed
    public synchronized int removeUnused() {
        Instant now = clock.instant();
        return (int) candidates(notice(now), now).stream().filter(this::remove).count();
    }

    /// Remembers when images were used last; one that is seen first counts as used.
    private List<Image> notice(Instant now) {
        List<Image> all = runtime.images().list();
        Set<String> used = inUse();
        all.forEach(i -> {
            if (used(i, used)) {
                lastUsed.put(i.id(), now);
            } else {
                lastUsed.putIfAbsent(i.id(), now);
            }
        });
        lastUsed.keySet().retainAll(all.stream().map(Image::id).toList());
        return all;
    }

    private Set<String> inUse() {
        Set<String> used = new HashSet<>();
        runtime.containers(Map.of()).forEach(c -> used.add(c.image()));
        used.addAll(others.get());
        return used;
    }

    private static boolean used(Image image, Set<String> used) {
        return used.contains(image.id()) || image.digests().stream().anyMatch(used::contains)
                || image.tags().stream().anyMatch(used::contains);
    }

    private List<Image> candidates(List<Image> all, Instant now) {
        Set<String> used = inUse();
        return all.stream().filter(i -> !i.pinned() && !used(i, used))
                .filter(i -> unusedFor(i, now).compareTo(limits.age()) >= 0)
                .sorted(Comparator.comparing(i -> lastUsed.getOrDefault(i.id(), now))).toList();
    }

    private boolean remove(Image image) {
        ImageStore images = runtime.images();
        try {
            LOG.log(System.Logger.Level.INFO, "Removing unused image={0} tags={1} bytes={2}", image.id(), image.tags(),
                    image.sizeBytes());
            images.remove(image.id());
            return true;
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot remove image={0} error={1}", image.id(), e.getMessage());
            return false;
        }
    }
}
