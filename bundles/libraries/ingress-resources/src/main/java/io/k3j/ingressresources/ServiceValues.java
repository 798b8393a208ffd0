package io.k3j.ingressresources;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.model.Struct;
import java.util.List;

/// What the values of Traefik's chart say of its Service, by the names of the Service's own fields: those below
/// `service.spec`, and those that the chart also has beside it. Pure.
final class ServiceValues {
    /// Parts of what [#of] gives, each where there is something in it.
    static final String SPEC = "spec";
    static final String LABELS = "labels";
    static final String ANNOTATIONS = "annotations";
    static final String NODE_PORTS = "nodePorts";

    private ServiceValues() {
    }

    /// @return empty where the Service is as usual
    static Struct of(ChartValues values) {
        Struct.Builder nodePorts = Struct.builder();
        for (EntryPoint entryPoint : EntryPoint.values()) {
            values.port("ports." + entryPoint.label() + ".nodePort")
                    .ifPresent(p -> nodePorts.put(entryPoint.label(), p));
        }
        return Struct.builder().putUnlessEmpty(SPEC, spec(values))
                .putUnlessEmpty(LABELS, values.below("service.labels"))
                .putUnlessEmpty(ANNOTATIONS, values.below("service.annotations"))
                .putUnlessEmpty(NODE_PORTS, nodePorts.build()).build();
    }

    private static Struct spec(ChartValues values) {
        Struct.Builder spec = Struct.builder();
        for (String at : List.of("service.", "service.spec.")) {
            values.word(at + "type", "LoadBalancer", "NodePort", "ClusterIP").filter(t -> !t.equals("LoadBalancer"))
                    .ifPresent(t -> spec.put("type", t));
            values.word(at + "ipFamilyPolicy", "PreferDualStack", "SingleStack", "RequireDualStack")
                    .filter(p -> !p.equals("PreferDualStack")).ifPresent(p -> spec.put("ipFamilyPolicy", p));
            for (String field : List.of("loadBalancerSourceRanges", "externalIPs", "ipFamilies")) {
                values.texts(at + field).ifPresent(list -> spec.put(field, list));
            }
            values.text(at + "loadBalancerClass").ifPresent(text -> spec.put("loadBalancerClass", text));
        }
        for (String field : List.of("externalTrafficPolicy", "internalTrafficPolicy")) {
            values.word("service.spec." + field, "Cluster", "Local").ifPresent(w -> spec.put(field, w));
        }
        values.text("service.spec.loadBalancerIP").ifPresent(ip -> spec.put("loadBalancerIP", ip));
        values.flag("service.spec.allocateLoadBalancerNodePorts")
                .ifPresent(yes -> spec.put("allocateLoadBalancerNodePorts", yes));
        return spec.build();
    }
}
