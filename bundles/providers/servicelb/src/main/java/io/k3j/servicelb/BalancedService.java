package io.k3j.servicelb;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What decides where a Service of type `LoadBalancer` is carried. Pure.
///
/// @param created RFC 3339, so that the older one comes first as text
/// @param pool empty for all nodes
/// @param placement what taints of nodes it does not mind
/// @param local whether only nodes with a ready endpoint carry it
/// @param families `IPv4`, `IPv6` in the order of the Service
record BalancedService(Key key, String created, Set<BalancedPort> ports, String pool, Placement placement,
        boolean local, List<String> families) implements Comparable<BalancedService> {

    /// @param tolerations of the annotation
    /// @param problem why the annotation cannot be used; empty when it can
    record Placement(List<Toleration> tolerations, String problem) {
        static final Placement PLAIN = new Placement(List.of(), "");
    }

    /// Whether this balancer carries a Service, as upstream's service controller decides: another implementation is
    /// named by `loadBalancerClass`.
    static boolean wanted(Obj service) {
        return ofType(service) && !service.spec().has("loadBalancerClass") && !service.terminating();
    }

    /// Whether a Service has the type.
    static boolean ofType(Obj service) {
        return service.spec().text("type").equals("LoadBalancer");
    }

    /// Whether some balancer has begun to carry it.
    static boolean begun(Obj service) {
        return service.finalizers().contains(ServiceLbLabels.FINALIZER);
    }

    /// A Service with these addresses, and with or without the finalizer. The API takes both in one write of the
    /// status.
    static Obj with(Obj service, Seq ingress, boolean begun) {
        List<String> finalizers = new ArrayList<>(service.finalizers());
        finalizers.remove(ServiceLbLabels.FINALIZER);
        if (begun) {
            finalizers.add(ServiceLbLabels.FINALIZER);
        }
        Obj next = service.with(ingress.isEmpty() ? Struct.EMPTY : Struct.of("ingress", ingress), "status",
                "loadBalancer");
        return finalizers.isEmpty() ? next.without("metadata", "finalizers")
                : next.with(Seq.copyOf(finalizers), "metadata", "finalizers");
    }

    static BalancedService of(Obj service) {
        Struct spec = service.spec();
        String tolerations = service.annotations().getOrDefault(ServiceLbLabels.TOLERATIONS, "");
        return new BalancedService(service.key(), service.metadata().text("creationTimestamp"),
                BalancedPort.of(service, "port"), service.labels().getOrDefault(ServiceLbLabels.POOL, ""),
                tolerations.isEmpty() ? Placement.PLAIN : placement(tolerations),
                spec.text("externalTrafficPolicy").equals("Local"), families(spec));
    }

    private static List<String> families(Struct spec) {
        List<String> families = spec.seq("ipFamilies").texts();
        return families.isEmpty() ? List.of(spec.text("clusterIP").contains(":") ? "IPv6" : "IPv4") : families;
    }

    private static Placement placement(String annotation) {
        try {
            Object value = Yaml.value(annotation.getBytes(StandardCharsets.UTF_8));
            if (!(value instanceof Seq list)) {
                return new Placement(List.of(), "a list of tolerations is expected");
            }
            String problem = list.structs().stream().map(BalancedService::problem).filter(p -> !p.isEmpty()).findFirst()
                    .orElse("");
            return problem.isEmpty() ? new Placement(Toleration.of(list), "") : new Placement(List.of(), problem);
        } catch (MalformedInput e) {
            return new Placement(List.of(), String.valueOf(e.getMessage()));
        }
    }

    /// What is wrong with a toleration, in the words of K3s.
    private static String problem(Struct toleration) {
        boolean exists = toleration.text("operator").equals("Exists");
        if (toleration.text("key").isEmpty() && !exists) {
            return "toleration with empty key must have operator 'Exists'";
        }
        return exists && !toleration.text("value").isEmpty()
                ? "toleration with operator 'Exists' must have an empty value" : "";
    }

    /// The older one first; of the same second, by name.
    @Override
    public int compareTo(BalancedService other) {
        int age = created.compareTo(other.created);
        return age != 0 ? age : key.compareTo(other.key);
    }
}
