package io.k3j.podallocation;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/// The pods of this node, as those see them who give containers what is theirs alone. Any thread; no method blocks.
public interface KnownPods {
    /// The uids of pods that this node is not done with; empty until it is known which pods there are.
    Optional<Set<String>> living();

    /// All that it has workers for.
    Collection<? extends Pod> all();

    /// One of them. Object and runtime are read apart from each other: one may be newer than the other.
    interface Pod {
        /// The object as last told.
        Obj pod();

        /// What runs of it, as last seen.
        PodRuntime runtime();
    }
}
