package io.k3j.admissionpolicies;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The kinds that are served now, built-in and custom. Any thread.
/// @param catalogs of all who serve kinds
record ServedKinds(Supplier<List<KindCatalog>> catalogs) {
    /// A kind in exactly this version.
    Optional<ResourceKind> of(Gvk kind) {
        return first(k -> k.gvk().equals(kind));
    }

    /// A resource in exactly this version.
    Optional<ResourceKind> of(Gvr resource) {
        return first(k -> k.gvr().equals(resource));
    }

    private Optional<ResourceKind> first(Predicate<ResourceKind> wanted) {
        for (KindCatalog catalog : catalogs.get()) {
            for (ResourceKind kind : catalog.kinds()) {
                if (wanted.test(kind)) {
                    return Optional.of(kind);
                }
            }
        }
        return Optional.empty();
    }

    /// As upstream writes a kind in messages: `apps/v1, Kind=Deployment`.
    static String text(Gvk kind) {
        return kind.group() + "/" + kind.version() + ", Kind=" + kind.kind();
    }
}
