package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Keeps the key `NodeHosts` of the ConfigMap `kube-system/coredns` up to date, by which cluster DNS knows the nodes:
/// a line for each internal address with the node's name, as K3s' node controller writes them, but for names with a dot
/// and for the host name that a node gives itself, which could be another's. Lines that people have added for other
/// names stay. While there is no such ConfigMap nothing is written.
final class NodeHosts implements Reconciler {
    private static final Key MAP = new Key("kube-system", "coredns");
    private static final String FIELD = "NodeHosts";
    private final LiveView nodes;
    private final LiveView maps;
    /// The names of nodes that have gone since this controller began; as few as nodes.
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    private NodeHosts(ControllerContext context) {
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.maps = context.views().of(BuiltinResources.CONFIG_MAPS,
                Query.in(MAP.namespace()).where("metadata.name", MAP.name()));
    }

    static void add(ControllerContext context) {
        NodeHosts all = new NodeHosts(context);
        Controller loop = context.loop("node-hosts-controller", "node-hosts-controller", 1, all).reads(all.nodes)
                .on(all.maps);
        all.nodes.listen((before, after) -> {
            if (all.differ(before, after)) {
                loop.queue().add(MAP);
            }
        });
    }

    /// Nodes report every few seconds; only what changes a line counts.
    private boolean differ(@Nullable Obj before, @Nullable Obj after) {
        if (after != null) {
            gone.remove(after.name());
            return before == null || !lines(before).equals(lines(after));
        }
        return before != null && gone.add(before.name());
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> map = maps.get(MAP);
        if (map.isPresent()) {
            String now = map.get().tree().struct("data").text(FIELD);
            String wanted = wanted(now);
            if (!wanted.equals(now)) {
                writer.patch(BuiltinResources.CONFIG_MAPS, MAP,
                        new Patch.Merge(Struct.of("data", Struct.of(FIELD, wanted))), WriteOptions.PLAIN);
            }
        }
        return Requeue.NEVER;
    }

    private String wanted(String now) {
        List<Obj> all = nodes.list().stream().sorted(Comparator.comparing(Obj::name)).toList();
        Set<String> ours = new HashSet<>(gone);
        all.forEach(node -> ours.add(node.name()));
        ours.removeIf(NodeHosts::isQualified);
        Set<String> lines = new LinkedHashSet<>();
        now.lines().filter(line -> !line.isBlank() && !ours.contains(name(line))).forEach(lines::add);
        all.forEach(node -> {
            if (isQualified(node.name())) {
                // K3s writes them
                lines.removeAll(lines(node));
            } else {
                lines.addAll(lines(node));
            }
        });
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static String name(String line) {
        String[] words = line.strip().split("\\s+");
        return words.length < 2 ? "" : words[1];
    }

    /// Whether a name may be anybody's in the world: who may join a node must not answer for it.
    private static boolean isQualified(String name) {
        return name.indexOf('.') >= 0;
    }

    private static List<String> lines(Obj node) {
        return node.status().seq("addresses").structs().stream().filter(a -> a.text("type").equals("InternalIP"))
                .map(a -> a.text("address") + " " + node.name()).toList();
    }
}
