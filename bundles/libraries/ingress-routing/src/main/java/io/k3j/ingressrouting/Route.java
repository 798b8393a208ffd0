package io.k3j.ingressrouting;

import io.k3j.model.Key;
import java.util.Set;

/// Where requests go that a path of an Ingress, or its default backend, stands for.
///
/// @param entryPoints on which it is served
public record Route(Key ingress, BackendPort backend, Set<EntryPoint> entryPoints) {
}
