package io.k3j.cli.upgrade;

import java.util.Optional;

/// The servers of the cluster this machine is a part of, as far as somebody may ask for them.
@FunctionalInterface
public interface Servers {
    /// Of a command on an agent, which has nothing to ask by.
    Servers UNKNOWN = _ -> Optional.empty();

    /// Why a node may not have a version of Kubernetes yet; blocks for some seconds.
    /// @return empty when no server is older, and when nobody may ask
    Optional<String> older(ReleaseVersion kubernetes);
}
