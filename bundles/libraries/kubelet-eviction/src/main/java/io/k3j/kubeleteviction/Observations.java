package io.k3j.kubeleteviction;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a summary of the node says of each signal, and of its pods. Pure.
///
/// @param signals by signal, those of which the summary says something
/// @param pods the summary's pods, by uid
record Observations(Map<EvictionSignal, Observation> signals, Map<String, Struct> pods) {
    /// Before the first look.
    static final Observations NONE = new Observations(Map.of(), Map.of());

    /// How much there is left of something.
    ///
    /// @param time as the summary writes it
    record Observation(Quantity available, long capacity, String time) {
    }

    static Observations of(Struct summary) {
        Map<EvictionSignal, Observation> all = new EnumMap<>(EvictionSignal.class);
        Struct node = summary.struct("node");
        Struct memory = node.struct("memory");
        if (memory.has("availableBytes") && memory.has("workingSetBytes")) {
            long available = memory.whole("availableBytes", 0);
            all.put(EvictionSignal.MEMORY, new Observation(Quantity.bytes(available),
                    available + memory.whole("workingSetBytes", 0), memory.text("time")));
        }
        Struct pods = node.seq("systemContainers").find("name", "pods").struct("memory");
        if (pods.has("availableBytes") && pods.has("workingSetBytes")) {
            long available = pods.whole("availableBytes", 0);
            all.put(EvictionSignal.ALLOCATABLE_MEMORY, new Observation(Quantity.bytes(available),
                    available + pods.whole("workingSetBytes", 0), pods.text("time")));
        }
        fileSystem(all, node.struct("fs"), EvictionSignal.NODE_FS, EvictionSignal.NODE_FS_INODES);
        fileSystem(all, node.struct("runtime").struct("imageFs"), EvictionSignal.IMAGE_FS,
                EvictionSignal.IMAGE_FS_INODES);
        Struct processes = node.struct("rlimit");
        if (processes.has("maxpid") && processes.has("curproc")) {
            long most = processes.whole("maxpid", 0);
            all.put(EvictionSignal.PIDS, new Observation(Quantity.of(most - processes.whole("curproc", 0)), most,
                    processes.text("time")));
        }
        Map<String, Struct> byUid = new HashMap<>();
        summary.seq("pods").structs().forEach(p -> byUid.put(p.struct("podRef").text("uid"), p));
        return new Observations(all, byUid);
    }

    private static void fileSystem(Map<EvictionSignal, Observation> all, Struct fs, EvictionSignal bytes,
            EvictionSignal inodes) {
        if (fs.has("availableBytes") && fs.has("capacityBytes")) {
            all.put(bytes, new Observation(Quantity.bytes(fs.whole("availableBytes", 0)),
                    fs.whole("capacityBytes", 0), fs.text("time")));
        }
        // a file system without a number of inodes has as many as it wants
        if (fs.has("inodesFree") && fs.whole("inodes", 0) > 0) {
            all.put(inodes, new Observation(Quantity.of(fs.whole("inodesFree", 0)), fs.whole("inodes", 0),
                    fs.text("time")));
        }
    }

    Optional<Observation> of(EvictionSignal signal) {
        return Optional.ofNullable(signals.get(signal));
    }

    /// What is known of a pod.
    Optional<Struct> pod(String uid) {
        return Optional.ofNullable(pods.get(uid));
    }

    /// Whether something is known that was not known before.
    boolean newer(EvictionSignal signal, Observations before) {
        return of(signal).map(now -> before.of(signal).map(b -> now.time().compareTo(b.time()) > 0).orElse(true))
                .orElse(false);
    }
}
