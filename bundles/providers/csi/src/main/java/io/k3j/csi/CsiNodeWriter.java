package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Tells the cluster of the drivers of this node, as upstream's `nodeinfomanager`: in its CSINode, in an annotation of
/// its Node, and by topology labels there. One thread at a time; blocks for the API.
final class CsiNodeWriter {
    private static final String ANNOTATION = "csi.volume.kubernetes.io/nodeid";
    /// Of a write that meets another one's.
    private static final int TRIES = 4;
    private static final int CONFLICT = 409;
    /// Of a driver: each becomes a label of the Node.
    private static final int MOST_TOPOLOGY_KEYS = 32;
    private final ApiClient api;
    private final Key node;

    CsiNodeWriter(ApiClient api, String node) {
        this.api = api;
        this.node = Key.of(node);
    }

    private interface Change {
        void make() throws IOException;
    }

    /// Adds a driver, or changes what is told of it. Does nothing where all is as it should be.
    /// @throws ApiFault when the API refuses or does not answer
    /// @throws IOException when what the driver says cannot be
    void install(String driver, CsiMessages.NodeInfo info) throws IOException {
        if (info.id().isEmpty()) {
            throw new IOException("driverNodeID must not be empty: NodeGetInfo of " + driver + " names none");
        }
        if (info.topology().size() > MOST_TOPOLOGY_KEYS) {
            throw new IOException("accessible_topology of " + driver + " has " + info.topology().size()
                    + " keys, and more than " + MOST_TOPOLOGY_KEYS + " are not taken");
        }
        tried(() -> {
            Obj now = api.get(ReferencedObjects.NODES, node);
            Obj wanted = labelled(annotated(now, driver, info.id()), info.topology());
            write(now, wanted);
        });
        tried(() -> {
            Obj now = present();
            List<Struct> drivers = others(now, driver);
            drivers.add(told(driver, info));
            put(now, drivers);
        });
    }

    /// Takes a driver away; its labels stay, as upstream's do.
    /// @throws ApiFault when the API refuses or does not answer
    void uninstall(String driver) throws IOException {
        tried(() -> {
            Optional<Obj> found = api.find(BuiltinResources.CSI_NODES, node);
            if (found.isPresent()) {
                put(found.get(), others(found.get(), driver));
            }
        });
        tried(() -> {
            Optional<Obj> found = api.find(ReferencedObjects.NODES, node);
            if (found.isPresent()) {
                write(found.get(), annotated(found.get(), driver, ""));
            }
        });
    }

    /// Makes the CSINode where there is none.
    /// @throws ApiFault when the API refuses, or the Node is not there yet
    void ensure() throws IOException {
        tried(this::present);
    }

    private static void tried(Change change) throws IOException {
        for (int i = 1;; i++) {
            try {
                change.make();
                return;
            } catch (ApiFault e) {
                if (e.code() != CONFLICT || i == TRIES) {
                    throw e;
                }
            }
        }
    }

    private Obj present() {
        return api.find(BuiltinResources.CSI_NODES, node).orElseGet(() -> {
            Obj owner = api.get(ReferencedObjects.NODES, node);
            Struct reference = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", owner.uid());
            return api.create(BuiltinResources.CSI_NODES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                    "CSINode", "metadata", Struct.of("name", node.name(), "ownerReferences", Seq.of(reference)),
                    "spec", Struct.of("drivers", Seq.EMPTY))), WriteOptions.PLAIN);
        });
    }

    private static List<Struct> others(Obj csiNode, String driver) {
        return new ArrayList<>(csiNode.spec().seq("drivers").structs().stream()
                .filter(d -> !d.text("name").equals(driver)).toList());
    }

    private static Struct told(String driver, CsiMessages.NodeInfo info) throws IOException {
        if (info.mostVolumes() < 0) {
            throw new IOException("max_volumes_per_node of " + driver + " must not be negative: " + info.mostVolumes());
        }
        Struct.Builder b = Struct.builder().put("name", driver).put("nodeID", info.id()).put("topologyKeys",
                info.topology().keySet().stream().sorted().toList());
        if (info.mostVolumes() > 0) {
            b.put("allocatable", Struct.of("count", Math.min(info.mostVolumes(), Integer.MAX_VALUE)));
        }
        return b.build();
    }

    private void put(Obj now, List<Struct> drivers) {
        List<Struct> before = now.spec().seq("drivers").structs();
        if (before.size() != drivers.size() || !before.containsAll(drivers)) {
            api.update(BuiltinResources.CSI_NODES, now.with(Seq.copyOf(drivers), "spec", "drivers"),
                    WriteOptions.PLAIN);
        }
    }

    private void write(Obj now, Obj wanted) {
        if (!wanted.tree().equals(now.tree())) {
            api.update(ReferencedObjects.NODES, wanted, WriteOptions.PLAIN);
        }
    }

    /// @param id empty to take it away
    private static Obj annotated(Obj now, String driver, String id) throws IOException {
        String before = now.annotations().getOrDefault(ANNOTATION, "");
        Map<String, String> ids = new TreeMap<>();
        try {
            if (!before.isEmpty()) {
                ids.putAll(Json.object(before.getBytes(StandardCharsets.UTF_8)).texts());
            }
        } catch (MalformedInput e) {
            throw new IOException("failed to parse node's \"" + ANNOTATION + "\" annotation: " + e.getMessage()
                    + "; take it away with kubectl annotate node " + now.name() + " " + ANNOTATION + "-", e);
        }
        boolean same = id.isEmpty() ? ids.remove(driver) == null : id.equals(ids.put(driver, id));
        if (same) {
            return now;
        }
        return ids.isEmpty() ? now.without("metadata", "annotations", ANNOTATION)
                : now.with(Json.text(Struct.copyOf(ids)), "metadata", "annotations", ANNOTATION);
    }

    private static Obj labelled(Obj now, Map<String, String> topology) throws IOException {
        Obj wanted = now;
        for (Map.Entry<String, String> one : topology.entrySet()) {
            String there = now.labels().get(one.getKey());
            if (there != null && !there.equals(one.getValue())) {
                throw new IOException("detected topology value collision: driver reported \"" + one.getKey() + "\":\""
                        + one.getValue() + "\" but existing label is \"" + one.getKey() + "\":\"" + there + "\"");
            }
            wanted = there == null ? wanted.with(one.getValue(), "metadata", "labels", one.getKey()) : wanted;
        }
        return wanted;
    }
}
