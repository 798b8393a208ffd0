package io.k3j.kubeletcadvisor;

import io.k3j.cgroups.CgroupDriver;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The control groups that a scrape shows, as upstream: the machine's, all below that of pods, and the kubelet's own.
/// Upper ones are found first, so that containers can push out nobody else's by groups of their own. One thread.
///
/// A group in a pod's is a container's or a sandbox's; one that the kubelet does not know yet is left out until it
/// does, so that no series begins without its names.
final class CgroupTree {
    /// Groups that are shown.
    static final int MOST_GROUPS = 4_096;
    /// Characters of a group's path, which stands in each of its lines; those of containers have 200.
    static final int MOST_ID = 512;
    private static final List<String> CLASSES = List.of("", "/burstable", "/besteffort");
    /// What systemd makes for each mount of some machines; upstream leaves them out, too.
    private static final String MOUNT = ".mount";
    private static final String OUTSIDE = "/..";
    private final CgroupFiles groups;
    private final int most;
    /// By the groups they would have in each class.
    private final Map<String, CadvisorPod> pods = new HashMap<>();
    private final Map<String, CgroupEntry> found = new LinkedHashMap<>();
    private boolean complete = true;

    /// Looks for them.
    /// @param most that are shown
    CgroupTree(CgroupFiles groups, CadvisorNode node, int most) {
        this.groups = groups;
        this.most = most;
        for (CadvisorPod pod : node.pods()) {
            for (String each : CLASSES) {
                pods.put(directory(node, node.kubepods() + each + "/pod" + pod.uid()), pod);
            }
        }
        found.put(CgroupEntry.MACHINE.id(), CgroupEntry.MACHINE);
        walk(List.of(directory(node, node.kubepods()), groups.own()));
    }

    private static String directory(CadvisorNode node, String group) {
        return "/" + CgroupDriver.directory(node.cgroupDriver(), group);
    }

    /// Upper ones first.
    Collection<CgroupEntry> entries() {
        return found.values();
    }

    /// Whether these are all.
    boolean complete() {
        return complete;
    }

    private void walk(List<String> tops) {
        Deque<String> waiting = new ArrayDeque<>();
        // a process outside of what this namespace shows is in a group above the topmost one
        tops.stream().filter(top -> top.length() > 1 && !top.startsWith(OUTSIDE) && groups.there(top))
                .forEach(top -> add(waiting, top));
        while (!waiting.isEmpty()) {
            String id = waiting.removeFirst();
            Optional<CgroupEntry> entry = found.containsKey(id) ? Optional.empty() : entry(id);
            if (entry.isPresent()) {
                found.put(id, entry.get());
                // one more than there is room for says that these are not all
                int room = most - found.size() - waiting.size();
                groups.children(id, room + 1).forEach(name -> add(waiting, id + "/" + name));
            }
        }
    }

    private void add(Deque<String> waiting, String id) {
        if (id.length() <= MOST_ID && found.size() + waiting.size() < most) {
            waiting.add(id);
        } else {
            complete = false;
        }
    }

    /// @return empty for a group that is not shown
    private Optional<CgroupEntry> entry(String id) {
        CadvisorPod pod = pods.get(id);
        CadvisorPod above = pods.get(id.substring(0, id.lastIndexOf('/')));
        if (id.endsWith(MOUNT)) {
            return Optional.empty();
        }
        if (above != null) {
            return part(id, above);
        }
        return Optional.of(pod == null ? new CgroupEntry(id, CgroupEntry.Kind.GROUP, "", "", CadvisorPod.Part.NONE)
                : new CgroupEntry(id, CgroupEntry.Kind.GROUP, pod.namespace(), pod.name(), CadvisorPod.Part.NONE));
    }

    /// The runtime names a group by the id: alone, or with something around it for systemd.
    private static Optional<CgroupEntry> part(String id, CadvisorPod pod) {
        String name = id.substring(id.lastIndexOf('/') + 1);
        return pod.parts().stream().filter(p -> !p.id().isEmpty() && name.contains(p.id())).findFirst()
                .map(p -> new CgroupEntry(id, p.container().isEmpty() ? CgroupEntry.Kind.SANDBOX
                        : CgroupEntry.Kind.CONTAINER, pod.namespace(), pod.name(), p));
    }
}
