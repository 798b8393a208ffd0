package io.k3j.kubeletdevices;

import java.util.List;

/// Which CPUs containers have for themselves, as the pod resources API tells it. Any thread; nothing blocks.
public interface ExclusiveCpus {
    /// Those of a container, by their numbers; mostly none.
    List<Integer> of(String pod, String container);

    /// Those that containers may be given at all.
    List<Integer> allocatable();
}
