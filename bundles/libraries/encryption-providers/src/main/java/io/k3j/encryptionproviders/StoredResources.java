package io.k3j.encryptionproviders;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.watchcache.StorageKeys;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/// Whose rows lie below which prefix. Any thread.
final class StoredResources {
    private final Supplier<Collection<ResourceKind>> kinds;

    /// @param kinds those there are now
    StoredResources(Supplier<Collection<ResourceKind>> kinds) {
        this.kinds = kinds;
    }

    /// What all keys of one resource begin with: `/registry/pods/`, `/registry/services/specs/`,
    /// `/registry/GROUP/RESOURCE/`.
    static String prefix(String storeKey) {
        int first = storeKey.indexOf('/', StorageKeys.ROOT.length());
        if (first < 0) {
            return storeKey;
        }
        String one = storeKey.substring(0, first + 1);
        if (one.indexOf('.') < 0 && !one.equals("/registry/services/")) {
            return one;
        }
        int second = storeKey.indexOf('/', first + 1);
        return second < 0 ? storeKey : storeKey.substring(0, second + 1);
    }

    /// The resource of a prefix; empty for rows that are no objects, or while their kind is not known. Custom resources
    /// are told by their form, as their definitions are rows themselves; what this server keeps for itself has it, too,
    /// and could never be written with another key, as no client sees it.
    Optional<GroupResource> at(String prefix) {
        if (prefix.startsWith(StorageKeys.OWN)) {
            return Optional.empty();
        }
        for (ResourceKind kind : kinds.get()) {
            if (kind.storage().prefix().equals(prefix)) {
                return Optional.of(new GroupResource(kind.storage().version().group(), kind.gvr().resource()));
            }
        }
        String[] parts = prefix.split("/", -1);
        return parts.length == 5 && parts[2].indexOf('.') > 0
                ? Optional.of(new GroupResource(parts[2], parts[3]))
                : Optional.empty();
    }
}
