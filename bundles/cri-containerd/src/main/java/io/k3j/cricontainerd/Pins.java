package io.k3j.cricontainerd;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Names of images that must stay: Debian's containerd does not tell which are pinned, so we remember what
/// we imported since our start.
final class Pins {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    void add(String name) {
        names.add(name);
    }

    boolean has(String name) {
        return names.contains(name);
    }
}
