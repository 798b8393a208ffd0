package io.k3j.cli.upgrade;

import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Optional;

/// Reads the API of the cluster. For one thread; each call blocks for some seconds at most.
@FunctionalInterface
public interface ClusterReader {
    /// What there is at a path now.
    ///
    /// @param path from the first slash on, with its query
    /// @return empty when there is nothing
    /// @throws IOException with a sentence when there is no answer, or it is a refusal
    Optional<Struct> read(String path) throws IOException;
}
