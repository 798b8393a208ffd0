package io.k3j.addondeployer;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.schema.Shape;
import java.util.Optional;
import java.util.Set;

/// Which kinds the API serves at this moment.
interface DeployableKinds {
    /// What a kind has to allow to be one of these.
    Set<String> NEEDED = Set.of("list", "create", "update", "delete");

    /// What has to be known of a kind to deploy objects of it.
    ///
    /// @param resource in the version that was asked for
    /// @param shape by which documents are decoded and patches made
    record Kind(Gvr resource, boolean namespaced, Shape shape) {
        /// Whether it is one of Kubernetes' own, whose documents are decoded as Go types.
        boolean builtIn() {
            return !shape.definition().isEmpty();
        }
    }

    /// A kind whose objects can be listed, made, changed and deleted; empty when there is none of that name.
    Optional<Kind> find(Gvk kind);
}
