package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvk;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.util.Optional;

/// The kinds of a fake API, with the real shapes of built-in ones.
record ServedKinds(ApiClient api, Schemas schemas) implements DeployableKinds {
    @Override
    public Optional<Kind> find(Gvk kind) {
        return api.resources().stream()
                .filter(r -> r.kind().equals(kind.kind()) && r.resource().apiVersion().equals(kind.apiVersion()))
                .findFirst()
                .map(r -> new Kind(r.resource(), r.namespaced(), schemas.shape(kind).orElse(Shape.ANY)));
    }
}
