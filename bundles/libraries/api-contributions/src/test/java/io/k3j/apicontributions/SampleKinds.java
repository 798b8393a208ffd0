package io.k3j.apicontributions;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// One kind, and hooks without rules.
final class SampleKinds implements KindCatalog {
    private static final Gvk CONFIG_MAP = Gvk.of("v1", "ConfigMap");

    @Override
    public Collection<ResourceKind> kinds() {
        return List.of(new ResourceKind(Gvr.of("v1", "configmaps"), CONFIG_MAP,
                new Names("configmap", List.of(), List.of()), true, Set.of("get", "list"), List.of(),
                new Storage("/registry/configmaps/", CONFIG_MAP), Shape.ANY, List.of(),
                new Strategy(true, false, false, false, false)));
    }

    /// Of every group.
    static final class Hooks implements KindHooks {
        @Override
        public String group() {
            return EVERY_OTHER_GROUP;
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object;
        }
    }
}
