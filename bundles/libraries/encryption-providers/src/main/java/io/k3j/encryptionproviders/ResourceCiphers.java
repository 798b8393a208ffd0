package io.k3j.encryptionproviders;

import io.k3j.encryption.RowCipher;
import io.k3j.encryption.RowProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Which cipher a resource has: that of its name, of its group, of everything, in this order. Immutable; any thread.
final class ResourceCiphers {
    private final Map<GroupResource, RowCipher> ciphers = new HashMap<>();

    /// A resource that several entries name has their providers one after the other.
    /// @param random fit for cryptography
    /// @throws IllegalArgumentException when an entry could never count, as an earlier one takes its resources
    ResourceCiphers(List<ResourceEntry> entries, RandomGenerator random) {
        Map<GroupResource, List<RowProvider>> providers = new LinkedHashMap<>();
        for (ResourceEntry entry : entries) {
            for (GroupResource resource : entry.resources()) {
                unmasked(resource, resource.wholeGroup(), providers);
                unmasked(resource, GroupResource.EVERYTHING, providers);
                providers.computeIfAbsent(resource, _ -> new ArrayList<>()).addAll(entry.providers());
            }
        }
        providers.forEach((resource, all) -> ciphers.put(resource, new RowCipher(all, random)));
    }

    private static void unmasked(GroupResource resource, GroupResource by,
            Map<GroupResource, List<RowProvider>> earlier) {
        if (earlier.containsKey(by)) {
            throw new IllegalArgumentException(
                    "resource \"" + resource + "\" is masked by earlier rule \"" + by + "\"");
        }
    }

    /// That of a resource; empty: it is kept plain.
    Optional<RowCipher> of(GroupResource resource) {
        for (GroupResource named : List.of(resource, resource.wholeGroup(), GroupResource.EVERYTHING)) {
            RowCipher cipher = ciphers.get(named);
            if (cipher != null) {
                return Optional.of(cipher);
            }
        }
        return Optional.empty();
    }
}
