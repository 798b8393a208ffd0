package io.k3j.apiserverapi;

import java.util.Collection;
import org.osgi.annotation.versioning.ConsumerType;

/// A source of kinds. `resources-builtin` gives the built-in ones, `resources-crd` those of CRDs.
/// Registered as a service; asked again after every [#GENERATION] change of the service's properties.
@ConsumerType
public interface KindCatalog {
    /// Service property (`Long`): grows whenever `kinds()` has changed.
    String GENERATION = "generation";

    /// All kinds of this source, one row per resource and version.
    Collection<ResourceKind> kinds();
}
