package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// What Services use: themselves, load balancers and node ports, those that are yet to be allocated too.
record ServiceEvaluator() implements Evaluator {
    private static final Set<String> NAMES = Set.of("count/services", "services", "services.nodeports",
            "services.loadbalancers");

    /// A Service may become one of another type.
    @Override
    public boolean handles(Write write, Struct object) {
        return (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE)
                && write.subresource().isEmpty();
    }

    @Override
    public boolean counts(String name) {
        return NAMES.contains(name);
    }

    @Override
    public ResourceList usage(Struct object, Instant now) {
        Struct spec = object.struct("spec");
        boolean balanced = spec.text("type").equals("LoadBalancer");
        return new ResourceList(Map.of("count/services", Quantity.of(1), "services", Quantity.of(1),
                "services.loadbalancers", Quantity.of(balanced ? 1 : 0), "services.nodeports",
                Quantity.of(nodePorts(spec, balanced))));
    }

    private static long nodePorts(Struct spec, boolean balanced) {
        if (!balanced) {
            return spec.text("type").equals("NodePort") ? spec.seq("ports").size() : 0;
        }
        return spec.flag("allocateLoadBalancerNodePorts", true) ? spec.seq("ports").size()
                : spec.seq("ports").structs().stream().filter(p -> p.whole("nodePort", 0) != 0).count();
    }
}
