package io.k3j.kubeleteviction;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// What a pod uses of a resource, by the node's summary. Pure.
///
/// @param separate whether images and containers' layers have a file system of their own
record PodUse(boolean separate) {
    /// Of the resource a signal is about.
    /// @param stats of the pod in the summary
    long of(EvictionSignal signal, Obj pod, Struct stats) {
        return switch (signal.resource()) {
            case "memory" -> stats.struct("memory").whole("workingSetBytes", 0);
            case "pids" -> stats.struct("process_stats").whole("process_count", 0);
            case "inodes" -> disk(signal, pod, stats, fs -> fs.whole("inodesUsed", 0));
            default -> disk(signal, pod, stats, fs -> fs.whole("usedBytes", 0));
        };
    }

    private long disk(EvictionSignal signal, Obj pod, Struct stats, ToLongFunction<Struct> part) {
        boolean images = signal == EvictionSignal.IMAGE_FS || signal == EvictionSignal.IMAGE_FS_INODES;
        long sum = 0;
        for (Struct c : stats.seq("containers").structs()) {
            sum += !separate || images ? part.applyAsLong(c.struct("rootfs")) : 0;
            sum += !separate || !images ? part.applyAsLong(c.struct("logs")) : 0;
        }
        if (separate && images) {
            return sum;
        }
        Set<String> local = pod.spec().seq("volumes").structs().stream().filter(PodUse::local)
                .map(v -> v.text("name")).collect(Collectors.toSet());
        return sum + stats.seq("volume").structs().stream().filter(v -> local.contains(v.text("name")))
                .mapToLong(part).sum();
    }

    private static boolean local(Struct volume) {
        return volume.has("hostPath") || volume.has("configMap") || volume.has("gitRepo")
                || volume.has("emptyDir") && volume.struct("emptyDir").text("medium").isEmpty();
    }
}
