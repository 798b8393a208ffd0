package io.k3j.scheduler;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.ExtenderConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One extender: what it is asked and what its answers mean. Their fields count without case, as Go reads them. Any
/// thread; blocks for the network.
record Extender(ExtenderConfig config, ExtenderClient client) {
    /// Upstream's name of all of them, as of one plug-in.
    static final String NAME = "Extender";

    /// What a filter leaves.
    ///
    /// @param rejections of the others, as far as it says why
    record Filtered(List<NodeState> feasible, Map<String, Rejection> rejections) {
    }

    /// Whether it is asked about a pod: about all, or those that ask for what it manages.
    boolean interested(PodInfo pod) {
        return config.managedResources().isEmpty() || asks(pod, "containers") || asks(pod, "initContainers");
    }

    private boolean asks(PodInfo pod, String list) {
        return pod.spec().seq(list).structs().stream().map(c -> c.struct("resources")).anyMatch(r -> manages(r,
                "requests") || manages(r, "limits"));
    }

    private boolean manages(Struct resources, String which) {
        return resources.struct(which).names().stream().anyMatch(config.managedResources()::contains);
    }

    /// @throws ExtenderFailure when it fails
    Filtered filter(PodInfo pod, List<NodeState> nodes) {
        if (config.verbs().filter().isEmpty()) {
            return new Filtered(nodes, Map.of());
        }
        Struct answer = object(client.post(config.verbs().filter(), about(pod, nodes)));
        checked(answer);
        Map<String, NodeState> known = new LinkedHashMap<>();
        nodes.forEach(n -> known.put(n.name(), n));
        List<NodeState> feasible = new ArrayList<>();
        for (String name : left(answer)) {
            NodeState node = known.get(name);
            if (node == null) {
                throw new ExtenderFailure("extender \"" + config.url() + "\" claims a filtered node \"" + name
                        + "\" which is not found in the input node list");
            }
            feasible.add(node);
        }
        Map<String, Rejection> rejections = new HashMap<>();
        Answers.struct(answer, "FailedNodes").texts()
                .forEach((node, why) -> rejections.put(node, Rejection.soft(NAME, why)));
        Answers.struct(answer, "FailedAndUnresolvableNodes").texts()
                .forEach((node, why) -> rejections.put(node, Rejection.hard(NAME, why)));
        return new Filtered(feasible, rejections);
    }

    /// Of plug-ins that have rejected a pod those whose events may help it: what an extender has rejected may be helped
    /// by any event, nobody knows by which.
    static Set<String> helping(Set<String> rejecting) {
        return rejecting.contains(NAME) ? Set.of() : rejecting;
    }

    /// The names of the nodes that an answer leaves.
    private Set<String> left(Struct answer) {
        if (config.nodeCacheCapable() && Answers.field(answer, "NodeNames") instanceof Seq names) {
            return new LinkedHashSet<>(names.texts());
        }
        Set<String> all = new LinkedHashSet<>();
        Answers.seq(Answers.struct(answer, "Nodes"), "items").structs()
                .forEach(n -> all.add(n.struct("metadata").text("name")));
        return all;
    }

    /// Scores by node, 0 to 10.
    /// @throws ExtenderFailure when it fails
    Map<String, Long> prioritize(PodInfo pod, List<NodeState> nodes) {
        Map<String, Long> scores = new HashMap<>();
        if (client.post(config.verbs().prioritize(), about(pod, nodes)) instanceof Seq list) {
            list.structs().forEach(s -> scores.put(Answers.text(s, "Host"),
                    Answers.field(s, "Score") instanceof Long score ? score : 0L));
        }
        return scores;
    }

    /// Binds a pod in place of the scheduler.
    /// @throws ExtenderFailure when it does not
    void bind(PodInfo pod, String node) {
        checked(object(client.post(config.verbs().bind(), Struct.of("PodName", pod.pod().name(), "PodNamespace",
                pod.namespace(), "PodUID", pod.uid(), "Node", node))));
    }

    /// Which candidates are left, with the victims it wants.
    /// @throws ExtenderFailure when it fails
    List<Preemption.Candidate> preempt(PodInfo pod, List<Preemption.Candidate> candidates, Snapshot snapshot) {
        boolean names = config.nodeCacheCapable();
        Struct.Builder victims = Struct.builder();
        candidates.forEach(c -> victims.put(c.node().name(), Struct.of("Pods", Seq.copyOf(c.victims().stream()
                .map(v -> names ? Struct.of("UID", v.uid()) : v.pod().tree()).toList()), "NumPDBViolations",
                c.violations())));
        Struct answer = object(client.post(config.verbs().preempt(), Struct.of("Pod", pod.pod().tree(),
                names ? "NodeNameToMetaVictims" : "NodeNameToVictims", victims.build())));
        Struct wanted = Answers.struct(answer, "NodeNameToMetaVictims");
        List<Preemption.Candidate> left = new ArrayList<>();
        for (Preemption.Candidate candidate : candidates) {
            NodeState node = snapshot.node(candidate.node().name());
            if (node != null && wanted.has(node.name())) {
                left.add(chosen(node, wanted.struct(node.name())));
            }
        }
        return left;
    }

    private Preemption.Candidate chosen(NodeState node, Struct wanted) {
        Set<String> uids = new LinkedHashSet<>();
        Answers.seq(wanted, "Pods").structs().forEach(p -> uids.add(Answers.text(p, "UID")));
        List<PodInfo> victims = new ArrayList<>();
        for (PodInfo pod : node.pods()) {
            if (uids.remove(pod.uid())) {
                victims.add(pod);
            }
        }
        if (victims.isEmpty() || !uids.isEmpty()) {
            throw new ExtenderFailure("extender \"" + config.url() + "\" claims to preempt pods which are not found on "
                    + "node \"" + node.name() + "\"");
        }
        victims.sort((a, b) -> Long.compare(b.priority(), a.priority()));
        int violations = Answers.field(wanted, "NumPDBViolations") instanceof Long n
                ? Math.clamp(n, 0, Integer.MAX_VALUE)
                : 0;
        return new Preemption.Candidate(node, victims, violations);
    }

    private Struct about(PodInfo pod, List<NodeState> nodes) {
        Struct args = Struct.of("Pod", pod.pod().tree());
        if (config.nodeCacheCapable()) {
            return args.with("NodeNames", Seq.copyOf(nodes.stream().map(NodeState::name).toList()));
        }
        Seq items = Seq.copyOf(nodes.stream().map(n -> n.node().tree()).toList());
        return args.with("Nodes", Struct.of("metadata", Struct.EMPTY, "items", items));
    }

    private static Struct object(Object answer) {
        return answer instanceof Struct struct ? struct : Struct.EMPTY;
    }

    private static void checked(Struct answer) {
        String error = Answers.text(answer, "Error");
        if (!error.isEmpty()) {
            throw new ExtenderFailure(error);
        }
    }

    /// Fields of answers, by names without case.
    private static final class Answers {
        static Object field(Struct answer, String name) {
            for (int i = 0; i < answer.size(); i++) {
                if (answer.name(i).equalsIgnoreCase(name)) {
                    return answer.value(i);
                }
            }
            return "";
        }

        static String text(Struct answer, String name) {
            return field(answer, name) instanceof String text ? text : "";
        }

        static Struct struct(Struct answer, String name) {
            return field(answer, name) instanceof Struct struct ? struct : Struct.EMPTY;
        }

        static Seq seq(Struct answer, String name) {
            return field(answer, name) instanceof Seq list ? list : Seq.EMPTY;
        }
    }
}
