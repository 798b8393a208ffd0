package io.k3j.kindrules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Warnings for ports of a pod's containers that mean nothing, or the same as others, in upstream's words. Pure; any
/// thread.
public final class PortWarnings {
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    /// What is done with a port at a place.
    private interface Visitor {
        void port(Struct port, String at);
    }

    /// A port that was seen before, at a place.
    private record Seen(Struct port, String at) {
        boolean sameAddress(Struct other) {
            return port.text("hostIP").equals(other.text("hostIP"));
        }

        boolean sameHostPort(Struct other) {
            return hostPort(port) == hostPort(other);
        }
    }

    private PortWarnings() {
    }

    /// Adds the warnings; no more than are worth reading.
    ///
    /// @param path the place of the spec, with a dot
    public static void of(Struct spec, String path, List<String> all) {
        Map<String, List<Seen>> seen = new HashMap<>();
        each(spec, path, (port, at) -> port(port, at, seen, all));
        Map<String, String> names = new HashMap<>();
        each(spec, path, (port, at) -> name(port.text("name"), at, names, all));
    }

    private static void name(String name, String at, Map<String, String> names, List<String> all) {
        String other = name.isEmpty() ? null : names.putIfAbsent(name, at);
        if (other != null && all.size() <= Problems.MOST) {
            all.add(at + ": duplicate port name \"" + name + "\" with " + other
                    + ", services and probes that select ports by name will use " + other);
        }
    }

    private static void each(Struct spec, String path, Visitor visitor) {
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                Seq ports = containers.struct(i).seq("ports");
                for (int j = 0; j < ports.size(); j++) {
                    String at = path + list + "[" + i + "].ports[" + j + "]";
                    visitor.port(ports.struct(j), at);
                }
            }
        }
    }

    private static void port(Struct port, String at, Map<String, List<Seen>> seen, List<String> all) {
        if (!port.text("hostIP").isEmpty() && hostPort(port) == 0) {
            // upstream prints its struct
            all.add(at + ": hostIP set without hostPort: {Name:" + port.text("name") + " HostPort:0 ContainerPort:"
                    + port.whole("containerPort", 0) + " Protocol:" + port.text("protocol") + " HostIP:"
                    + port.text("hostIP") + "}");
        }
        if (all.size() > Problems.MOST) {
            return;
        }
        List<Seen> others = seen.computeIfAbsent(port.whole("containerPort", 0) + "/" + port.text("protocol"),
                _ -> new ArrayList<>());
        for (Seen other : others) {
            String what = other.sameAddress(port) && other.sameHostPort(port) ? "duplicate"
                    : hostPort(port) == 0 || hostPort(other.port) == 0 ? "overlapping"
                            : other.sameHostPort(port)
                                    && port.text("hostIP").isEmpty() != other.port.text("hostIP").isEmpty()
                                            ? "dangerously ambiguous" : "";
            if (!what.isEmpty()) {
                all.add(at + ": " + what + " port definition with " + other.at);
            }
        }
        // a pod may have very many ports that are the same: enough is said of them then
        if (others.size() <= Problems.MOST) {
            others.add(new Seen(port, at));
        }
    }

    private static long hostPort(Struct port) {
        return port.whole("hostPort", 0);
    }
}
