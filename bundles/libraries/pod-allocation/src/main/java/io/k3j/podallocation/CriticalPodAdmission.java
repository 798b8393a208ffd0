package io.k3j.podallocation;

import io.k3j.cgroups.ContainerResources;
import io.k3j.kubeleteviction.EvictionManager;
import io.k3j.model.Obj;
import io.k3j.podstatus.PodStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Makes room for pods that are critical to the node by ending others, those that promise least first and as little as
/// has to be, as upstream's `CriticalPodAdmissionHandler`. Any thread. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/>.
public final class CriticalPodAdmission {
    private static final String PODS = "pods";
    private static final List<String> SMALLER = List.of(PodResources.MEMORY, PodResources.CPU);
    private final Supplier<? extends Node> node;

    /// Where pods run.
    public interface Node {
        /// A node without any.
        Node EMPTY = new Node() {
            @Override
            public List<Obj> pods() {
                return List.of();
            }

            @Override
            public void preempt(Obj pod) {
                throw new IllegalStateException("there is no pod " + pod.key());
            }
        };

        /// Those that are to run on.
        List<Obj> pods();

        /// Ends one; does not wait for it.
        void preempt(Obj pod);
    }

    /// @param node asked for with each pod
    public CriticalPodAdmission(Supplier<? extends Node> node) {
        this.node = node;
    }

    /// Makes room for a pod that is [EvictionManager#critical].
    /// @param missing how much there is too little of, by resource
    /// @return why there is none; empty when there is, or will be when those that were told have ended
    public Optional<PodStatus.Waiting> admit(Obj critical, Map<String, Long> missing) {
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        List<Obj> others = node.get().pods().stream().filter(p -> !p.uid().equals(critical.uid()))
                .filter(p -> preemptable(critical, p)).toList();
        Map<String, Long> rest = without(missing, others);
        if (!rest.isEmpty()) {
            return Optional.of(new PodStatus.Waiting("UnexpectedAdmissionError", "Unexpected error while attempting to "
                    + "recover from admission failure: preemption: error finding a set of pods to preempt: no set of "
                    + "running pods found to reclaim resources: " + told(rest)));
        }
        victims(others, missing).forEach(node.get()::preempt);
        return Optional.empty();
    }

    private static boolean preemptable(Obj critical, Obj other) {
        return !EvictionManager.critical(other)
                || critical.spec().whole("priority", 0) > other.spec().whole("priority", 0);
    }

    /// Of each class those that are needed when all of the classes below have ended, then of those below what is needed
    /// still.
    private static List<Obj> victims(List<Obj> pods, Map<String, Long> missing) {
        List<Obj> bestEffort = of(pods, "BestEffort");
        List<Obj> burstable = of(pods, "Burstable");
        List<Obj> guaranteed = nearest(of(pods, "Guaranteed"), without(without(missing, bestEffort), burstable));
        List<Obj> some = nearest(burstable, without(without(missing, bestEffort), guaranteed));
        List<Obj> least = nearest(bestEffort, without(without(missing, some), guaranteed));
        return Stream.of(least, some, guaranteed).flatMap(List::stream).toList();
    }

    private static List<Obj> of(List<Obj> pods, String qos) {
        return pods.stream().filter(p -> ContainerResources.qosClass(p).equals(qos)).toList();
    }

    /// The pods that come nearest to what is missing, one after the other, of equal ones the smaller.
    private static List<Obj> nearest(List<Obj> pods, Map<String, Long> missing) {
        List<Obj> left = new ArrayList<>(pods);
        List<Obj> taken = new ArrayList<>();
        Map<String, Long> rest = missing;
        while (!rest.isEmpty() && !left.isEmpty()) {
            Obj best = left.getFirst();
            for (Obj pod : left) {
                double nearer = distance(rest, pod) - distance(rest, best);
                if (nearer < 0 || nearer == 0 && smaller(pod, best)) {
                    best = pod;
                }
            }
            taken.add(best);
            left.remove(best);
            rest = without(rest, List.of(best));
        }
        return taken;
    }

    private static double distance(Map<String, Long> missing, Obj pod) {
        double sum = 0;
        for (Map.Entry<String, Long> e : missing.entrySet()) {
            double left = (double) e.getValue() - request(pod, e.getKey());
            sum += left > 0 ? Math.pow(left / e.getValue(), 2) : 0;
        }
        return sum;
    }

    private static boolean smaller(Obj pod, Obj than) {
        for (String resource : SMALLER) {
            int order = Long.compare(request(pod, resource), request(than, resource));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    /// What is missing when some pods have ended.
    private static Map<String, Long> without(Map<String, Long> missing, List<Obj> pods) {
        Map<String, Long> rest = new TreeMap<>();
        missing.forEach((resource, amount) -> {
            long left = amount - pods.stream().mapToLong(p -> request(p, resource)).sum();
            if (left > 0) {
                rest.put(resource, left);
            }
        });
        return rest;
    }

    private static long request(Obj pod, String resource) {
        return resource.equals(PODS) ? 1 : PodResources.requests(pod).getOrDefault(resource, 0L);
    }

    private static String told(Map<String, Long> missing) {
        StringBuilder text = new StringBuilder("[");
        missing.forEach((resource, amount) -> text.append("(res: ").append(resource).append(", q: ").append(amount)
                .append("), "));
        return text.append(']').toString();
    }
}
