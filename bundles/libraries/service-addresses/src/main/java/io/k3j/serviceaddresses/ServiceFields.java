package io.k3j.serviceaddresses;

import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/// The allocated values of a Service spec. Pure.
public final class ServiceFields {
    private ServiceFields() {
    }

    /// Its cluster addresses.
    public static Set<String> addresses(Struct spec) {
        Set<String> all = new LinkedHashSet<>(spec.seq("clusterIPs").texts());
        all.add(spec.text("clusterIP"));
        all.remove("");
        all.remove("None");
        return all;
    }

    /// Its node ports, as `30080/TCP`.
    public static Set<String> ports(Struct spec) {
        Set<String> all = new HashSet<>();
        for (Struct p : spec.seq("ports").structs()) {
            if (p.whole("nodePort", 0) > 0) {
                all.add(p.whole("nodePort", 0) + "/" + p.text("protocol"));
            }
        }
        if (spec.whole("healthCheckNodePort", 0) > 0) {
            all.add(spec.whole("healthCheckNodePort", 0) + "/TCP");
        }
        return all;
    }

    /// Whether the Service type has cluster addresses.
    public static boolean hasAddress(Struct spec) {
        return !spec.text("type").equals("ExternalName");
    }

    /// Whether the Service type has node ports.
    public static boolean hasPorts(Struct spec) {
        return spec.text("type").equals("NodePort") || spec.text("type").equals("LoadBalancer")
                && spec.flag("allocateLoadBalancerNodePorts", true);
    }

    /// Whether kube-proxy must serve a health check port for the Service.
    public static boolean hasHealthPort(Struct spec) {
        return spec.text("type").equals("LoadBalancer") && spec.text("externalTrafficPolicy").equals("Local");
    }
}
