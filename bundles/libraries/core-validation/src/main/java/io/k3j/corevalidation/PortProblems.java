package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.Set;

/// What can be wrong with the ports of the node that containers ask for. Pure.
final class PortProblems {
    private static final String INIT = "initContainers";

    private PortProblems() {
    }

    /// One port of the node has one owner per protocol and address. Init containers run one after the other, so each
    /// is looked at by itself, and told of as if it were the first, as upstream does.
    ///
    /// @param p the place of the spec
    static void owners(Struct spec, Problems p) {
        Set<String> taken = new HashSet<>();
        Seq containers = spec.seq("containers");
        for (int i = 0; i < containers.size() && !p.full(); i++) {
            owners(containers.struct(i), taken, p.at("containers", i));
        }
        for (Struct init : spec.seq(INIT).structs()) {
            if (!init.seq("ports").isEmpty()) {
                owners(init, new HashSet<>(), p.at(INIT, 0));
            }
        }
    }

    private static void owners(Struct container, Set<String> taken, Problems p) {
        Seq ports = container.seq("ports");
        for (int j = 0; j < ports.size() && !p.full(); j++) {
            Struct port = ports.struct(j);
            long number = port.whole("hostPort", 0);
            String key = number == 0 ? "" : port.text("protocol") + "/" + port.text("hostIP") + "/" + number;
            if (number != 0 && !taken.add(key)) {
                p.at("ports", j).at("hostPort").duplicate(key);
            }
        }
    }

    /// On the node's network every port of a container is one of the node, so both numbers are the same. In a template
    /// the node's may be left out: a pod gets it when it is made.
    ///
    /// @param inPod whether the spec is that of a pod
    /// @param p the place of the spec
    static void ofHostNetwork(Struct spec, boolean inPod, Problems p) {
        if (!spec.flag("hostNetwork")) {
            return;
        }
        Seq containers = spec.seq("containers");
        for (int i = 0; i < containers.size() && !p.full(); i++) {
            Seq ports = containers.struct(i).seq("ports");
            for (int j = 0; j < ports.size(); j++) {
                long host = ports.struct(j).whole("hostPort", 0);
                if ((inPod || host != 0) && host != ports.struct(j).whole("containerPort", 0)) {
                    p.at("containers", i).at("ports", j).at("hostPort").invalid(host,
                            "must match `containerPort` when `hostNetwork` is true");
                }
            }
        }
    }
}
