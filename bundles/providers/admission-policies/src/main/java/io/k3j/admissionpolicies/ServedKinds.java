package io.k3j.admissionpolicies;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The kinds that are served now, built-in and custom. Any thread.
/// @param catalogs of all who serve kinds
record ServedKinds(Supplier<List<KindCatalog>> catalogs) {
    /// A kind in exactly this version.
    Optional<ResourceKind> of(Gvk kind) {
        for (KindCatalog catalog : catalogs.get()) {
            for (ResourceKind row : catalog.kinds()) {
                if (row.gvk().equals(kind)) {
                    return Optional.of(row);
                }
            }
        }
        return Optional.empty();
    }

    /// All resources with one of each; one look at each kind, however many are named.
    List<ResourceKind> named(Set<String> groups, Set<String> versions, Set<String> resources) {
        return catalogs.get().stream().flatMap(c -> c.kinds().stream())
                .filter(k -> resources.contains(k.gvr().resource()) && versions.contains(k.gvr().version())
                        && groups.contains(k.gvr().group()))
                .toList();
    }

    /// As upstream writes a kind in messages: `apps/v1, Kind=Deployment`.
    static String text(Gvk kind) {
        return kind.group() + "/" + kind.version() + ", Kind=" + kind.kind();
    }
}
