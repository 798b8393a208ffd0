package io.k3j.endpointcontrollers;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Functions of Services, their pods and ports. Pure.
final class ServicePods {
    private ServicePods() {
    }

    /// Whether the endpoints controllers manage a Service: it has a selector and is not of type ExternalName.
    static boolean managed(Obj service) {
        return !service.spec().struct("selector").isEmpty() && !service.spec().text("type").equals("ExternalName");
    }

    static boolean headless(Obj service) {
        return service.spec().text("clusterIP").equals("None");
    }

    static boolean publishesNotReady(Obj service) {
        return service.spec().flag("publishNotReadyAddresses");
    }

    /// The address families of a Service: `IPv4`, `IPv6`.
    static List<String> families(Obj service) {
        List<String> given = service.spec().seq("ipFamilies").texts();
        if (!given.isEmpty()) {
            return given;
        }
        return List.of(service.spec().text("clusterIP").indexOf(':') >= 0 ? "IPv6" : "IPv4");
    }

    /// The address of a pod in a family; empty when it has none.
    static String address(Obj pod, String family) {
        boolean ipv6 = family.equals("IPv6");
        for (Struct ip : pod.status().seq("podIPs").structs()) {
            if (ip.text("ip").indexOf(':') >= 0 == ipv6) {
                return ip.text("ip");
            }
        }
        String only = pod.status().text("podIP");
        return !only.isEmpty() && only.indexOf(':') >= 0 == ipv6 ? only : "";
    }

    /// What of a pod its Services depend on: all that this class and those that make endpoints of pods look at.
    static List<Object> read(Obj pod) {
        Struct status = pod.status();
        return List.of(pod.metadata().struct("labels"), pod.terminating(), pod.spec(), Pods.finished(pod),
                status.text("podIP"), status.seq("podIPs"), Pods.ready(pod));
    }

    /// Whether a pod can be an endpoint.
    static boolean addressable(Obj pod) {
        return !Pods.finished(pod) && !pod.status().text("podIP").isEmpty();
    }

    /// The ports of a Service on one pod; a named port that the pod does not have is left out.
    static Seq ports(Obj service, Obj pod) {
        List<Struct> ports = new ArrayList<>();
        for (Struct port : service.spec().seq("ports").structs()) {
            long number = number(port, pod);
            if (number > 0) {
                Struct.Builder b = Struct.builder().put("name", port.text("name")).put("port", number).put("protocol",
                        port.text("protocol", "TCP"));
                ports.add(b.putUnlessEmpty("appProtocol", port.text("appProtocol")).build());
            }
        }
        return Seq.copyOf(ports);
    }

    private static long number(Struct port, Obj pod) {
        Object target = port.get("targetPort");
        if (target instanceof Long n && n > 0) {
            return n;
        }
        if (!(target instanceof String name) || name.isEmpty()) {
            return port.whole("port", 0);
        }
        List<Struct> containers = new ArrayList<>(pod.spec().seq("containers").structs());
        pod.spec().seq("initContainers").structs().stream()
                .filter(c -> c.text("restartPolicy").equals("Always")).forEach(containers::add);
        for (Struct container : containers) {
            for (Struct p : container.seq("ports").structs()) {
                if (p.text("name").equals(name) && p.text("protocol", "TCP").equals(port.text("protocol", "TCP"))) {
                    return p.whole("containerPort", 0);
                }
            }
        }
        return 0;
    }

    static Struct target(Obj pod) {
        return Struct.of("kind", "Pod", "namespace", pod.namespace(), "name", pod.name(), "uid", pod.uid());
    }

    /// The host name of a pod below its Service; empty when it has none.
    static String hostname(Obj service, Obj pod) {
        String host = pod.spec().text("hostname");
        return !host.isEmpty() && pod.spec().text("subdomain").equals(service.name()) ? host : "";
    }
}
