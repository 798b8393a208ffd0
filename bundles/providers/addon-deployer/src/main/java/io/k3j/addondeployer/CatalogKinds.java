package io.k3j.addondeployer;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Gvk;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The kinds of all catalogs of this server: built-in ones and those of CustomResourceDefinitions. Any thread.
final class CatalogKinds implements DeployableKinds {
    private final List<KindCatalog> catalogs = new CopyOnWriteArrayList<>();

    void add(KindCatalog catalog) {
        catalogs.add(catalog);
    }

    void remove(KindCatalog catalog) {
        catalogs.remove(catalog);
    }

    @Override
    public Optional<Kind> find(Gvk kind) {
        for (KindCatalog catalog : catalogs) {
            for (ResourceKind row : catalog.kinds()) {
                if (row.gvk().equals(kind) && row.verbs().containsAll(NEEDED)) {
                    return Optional.of(new Kind(row.gvr(), row.namespaced(), row.shape()));
                }
            }
        }
        return Optional.empty();
    }
}
