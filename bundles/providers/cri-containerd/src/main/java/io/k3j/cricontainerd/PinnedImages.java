package io.k3j.cricontainerd;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The names of pinned images: Debian's containerd does not report which images are pinned, so this process remembers
/// what it has imported.
final class PinnedImages {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    void add(String name) {
        names.add(name);
    }

    boolean has(String name) {
        return names.contains(name);
    }
}
