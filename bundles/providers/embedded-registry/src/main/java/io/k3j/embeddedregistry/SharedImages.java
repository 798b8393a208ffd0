package io.k3j.embeddedregistry;

import io.k3j.imageregistries.ImageName;
import io.k3j.imageregistries.ImageRequest;
import io.k3j.imageregistries.SharedRegistries;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What this node gives to others: the images of shared registries, as they were at one moment. Not changed once it is
/// made; any thread.
final class SharedImages {
    /// The tag that everybody means another image by, and the one that a name without a tag has.
    static final String LATEST = "latest";
    /// More manifests or layers than any image has.
    private static final int MOST_PARTS = 1_000;
    private static final String BY_ID = "sha256:";
    private final Map<String, Set<String>> references = new TreeMap<>();
    private final Map<String, Descriptor> tags = new HashMap<>();
    private final Map<String, Descriptor> manifests = new HashMap<>();
    private final Set<String> blobs = new HashSet<>();

    private SharedImages() {
    }

    /// Nothing.
    static SharedImages none() {
        return new SharedImages();
    }

    /// Blocks for the disk.
    ///
    /// @param latest whether images are given by the tag `latest`, too
    static SharedImages of(List<ContainerdImages.Stored> images, ContentDirectory content,
            SharedRegistries registries, boolean latest) {
        SharedImages all = new SharedImages();
        for (ContainerdImages.Stored stored : images) {
            ImageName name = ImageName.parse(stored.name());
            if (!stored.name().startsWith(BY_ID) && registries.shares(name.registry())
                    && content.has(stored.target().digest())) {
                all.add(name, stored.target(), content, latest);
            }
        }
        return all;
    }

    private void add(ImageName name, Descriptor target, ContentDirectory content, boolean latest) {
        Set<String> own = references.computeIfAbsent(name.place(), _ -> new TreeSet<>());
        if (!name.tag().isEmpty() && (latest || !name.tag().equals(LATEST))) {
            own.add(name.tag());
            tags.put(name.place() + ":" + name.tag(), target);
        }
        List<Descriptor> next = new ArrayList<>(List.of(target));
        for (int i = 0; i < next.size() && i < MOST_PARTS; i++) {
            Descriptor one = next.get(i);
            if (one.manifest() && content.has(one.digest())) {
                own.add(one.digest());
                boolean known = manifests.put(one.digest(), one) != null;
                content.manifest(one.digest()).filter(m -> !known || one.index()).ifPresent(m -> parts(one, m, next));
            }
        }
    }

    /// An index within an index is followed, too; the number of parts ends what turns in a circle.
    private void parts(Descriptor of, Struct manifest, List<Descriptor> next) {
        if (of.index()) {
            manifest.seq("manifests").structs().stream().limit(MOST_PARTS).map(Descriptor::of).forEach(next::add);
            return;
        }
        blobs.add(Descriptor.of(manifest.struct("config")).digest());
        manifest.seq("layers").structs().stream().limit(MOST_PARTS).forEach(l -> blobs.add(Descriptor.of(l).digest()));
    }

    /// Tags and digests by registry and repository: what others are told.
    Map<String, Set<String>> references() {
        return references;
    }

    /// What a request means here; empty for what is not given.
    Optional<Descriptor> find(ImageRequest request) {
        String reference = request.reference();
        if (!request.manifest()) {
            return blobs.contains(reference) || manifests.containsKey(reference)
                    ? Optional.of(new Descriptor("application/octet-stream", reference)) : Optional.empty();
        }
        return Optional.ofNullable(request.digest() ? manifests.get(reference)
                : tags.get(request.name() + ":" + reference));
    }
}
