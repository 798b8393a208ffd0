package io.k3j.nodestatus;

import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Map;

/// Tells as Events of the Node what becomes of it, which `kubectl describe node` shows: that its kubelet starts, what
/// its conditions are now, that it was booted, and whether pods are scheduled to it. Upstream's `nodestatus` setters,
/// `BirthCry` and `recordNodeSchedulableEvent`. For one thread; nothing blocks.
final class NodeStatusEvents {
    /// By type of a condition, the reasons for one that holds and one that does not.
    private static final Map<String, Reasons> REASONS = Map.of("MemoryPressure",
            new Reasons("NodeHasInsufficientMemory", "NodeHasSufficientMemory"), "DiskPressure",
            new Reasons("NodeHasDiskPressure", "NodeHasNoDiskPressure"), "PIDPressure",
            new Reasons("NodeHasInsufficientPID", "NodeHasSufficientPID"), "Ready",
            new Reasons("NodeReady", "NodeNotReady"));
    private final Events events;
    private final String node;
    /// Whether anything was told of its status yet.
    private boolean begun;
    private boolean rebooted;
    private boolean unschedulable;

    /// Reasons of Events.
    private record Reasons(String holds, String fails) {
    }

    /// @param events where it is told
    /// @param node its name, which stands for its uid, too, as with upstream
    NodeStatusEvents(Events events, String node) {
        this.events = events;
        this.node = node;
    }

    /// The kubelet starts.
    void starting() {
        tell("Normal", "Starting", "Starting kubelet.");
    }

    /// The node has this status. What it is short of is told with the first one whatever it was before, since each
    /// kubelet makes the whole status when it registers the node; later what is another than before. Readiness is told
    /// of a node that had one.
    ///
    /// @param before the Node as it was
    /// @param now its status
    void status(Obj before, Struct now) {
        booted(before.status().struct("nodeInfo").text("bootID"), now.struct("nodeInfo").text("bootID"));
        for (Struct condition : now.seq("conditions").structs()) {
            String type = condition.text("type");
            Reasons reasons = REASONS.get(type);
            String old = before.status().seq("conditions").find("type", type).text("status");
            boolean changed = !old.equals(condition.text("status"));
            boolean told = type.equals("Ready") ? changed && !old.isEmpty() : changed || !begun;
            if (reasons != null && told) {
                become(condition.text("status").equals("True") ? reasons.holds() : reasons.fails());
            }
        }
        begun = true;
        boolean closed = before.spec().flag("unschedulable");
        if (closed != unschedulable) {
            unschedulable = closed;
            become(closed ? "NodeNotSchedulable" : "NodeSchedulable");
        }
    }

    private void booted(String before, String now) {
        if (!rebooted && !before.isEmpty() && !before.equals(now)) {
            rebooted = true;
            tell("Warning", "Rebooted", "Node " + node + " has been rebooted, boot id: " + now);
        }
    }

    private void become(String reason) {
        tell("Normal", reason, "Node " + node + " status is now: " + reason);
    }

    private void tell(String type, String reason, String message) {
        events.tell(Struct.of("apiVersion", "v1", "kind", "Node", "name", node, "uid", node), type, reason, message);
    }
}
