package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;

/// The cells of pods and pod templates. The three that need the states of containers are computed by [PodState].
///
/// | function | column | cell |
/// |---|---|---|
/// | `pod.ready` | Ready | `ready/all` containers, sidecars among them |
/// | `pod.status` | Status | the phase, or the reason that tells more |
/// | `pod.restarts` | Restarts | `3 (5m ago)`, or the number alone; text in either case |
/// | `pod.ip`, `pod.node`, `pod.nominated` | IP, Node, Nominated Node | `<none>` before they are known |
/// | `pod.gates` | Readiness Gates | `met/all`, `<none>` for a pod without gates |
/// | `template.containers`, `.images`, `.labels` | Containers, Images, Pod Labels | of a PodTemplate |
final class PodCells {
    private PodCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("pod.ready", (o, now) -> PodState.of(o).ready());
        cells.put("pod.status", (o, now) -> PodState.of(o).status());
        cells.put("pod.restarts", PodCells::restarts);
        cells.put("pod.ip", (o, now) -> ip(o.struct("status")));
        cells.put("pod.node", (o, now) -> Cells.orNone(o.struct("spec").text("nodeName")));
        cells.put("pod.nominated", (o, now) -> Cells.orNone(o.struct("status").text("nominatedNodeName")));
        cells.put("pod.gates", (o, now) -> gates(o));
        cells.put("template.containers", (o, now) -> Cells.joined(spec(o).seq("containers"), "name"));
        cells.put("template.images", (o, now) -> Cells.joined(spec(o).seq("containers"), "image"));
        cells.put("template.labels",
                (o, now) -> Cells.labels(o.struct("template").struct("metadata").struct("labels")));
    }

    /// The kind PodTemplate has its template at the top, where other kinds have it below `spec`.
    private static Struct spec(Struct podTemplate) {
        return podTemplate.struct("template").struct("spec");
    }

    /// The time is left out when the runtime no longer knows when the container before ended.
    private static Object restarts(Struct pod, Instant now) {
        PodState state = PodState.of(pod);
        return state.restarts() == 0 || state.lastRestart().isEmpty()
                ? Long.toString(state.restarts())
                : state.restarts() + " (" + Ages.since(state.lastRestart(), now) + " ago)";
    }

    /// The first of `podIPs` is the one of `podIP`; an old writer may have set only the latter.
    private static String ip(Struct status) {
        Seq ips = status.seq("podIPs");
        return Cells.orNone(ips.isEmpty() ? status.text("podIP") : ips.struct(0).text("ip"));
    }

    /// A gate is met when the pod has a condition of its type that is `True`; a missing condition counts as not met.
    private static String gates(Struct pod) {
        Seq gates = pod.struct("spec").seq("readinessGates");
        if (gates.isEmpty()) {
            return Cells.NONE;
        }
        Seq conditions = pod.struct("status").seq("conditions");
        long met = gates.structs().stream()
                .filter(g -> conditions.find("type", g.text("conditionType")).text("status").equals("True")).count();
        return met + "/" + gates.size();
    }
}
