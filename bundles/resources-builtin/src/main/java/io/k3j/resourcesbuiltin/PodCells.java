package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;

/// The cells of pods and pod templates.
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

    private static Struct spec(Struct podTemplate) {
        return podTemplate.struct("template").struct("spec");
    }

    private static Object restarts(Struct pod, Instant now) {
        PodState state = PodState.of(pod);
        return state.restarts() == 0 || state.lastRestart().isEmpty()
                ? Long.toString(state.restarts())
                : state.restarts() + " (" + Ages.since(state.lastRestart(), now) + " ago)";
    }

    private static String ip(Struct status) {
        Seq ips = status.seq("podIPs");
        return Cells.orNone(ips.isEmpty() ? status.text("podIP") : ips.struct(0).text("ip"));
    }

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
