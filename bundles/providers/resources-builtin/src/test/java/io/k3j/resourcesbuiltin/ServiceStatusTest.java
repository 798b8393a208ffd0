package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceStatusTest {
    private static final Struct SERVICE = Kit.yaml("""
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: default}
            spec: {type: LoadBalancer, ports: [{port: 80}]}
            """);
    private final Kit kit = new Kit();

    private static Struct at(String... addresses) {
        return SERVICE.withAt(Seq.copyOf(List.of(addresses).stream().map(a -> Struct.of("ip", a)).toList()), "status",
                "loadBalancer", "ingress");
    }

    private List<String> problems(Struct before, Struct after) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "status");
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void anAddressOfALoadBalancerHasOneTextOnly() {
        assertThat(problems(SERVICE, at("192.0.2.7", "2001:db8::7"))).isEmpty();
        assertThat(problems(SERVICE, at("192.0.2.7", "::ffff:10.43.0.10", "10.1"))).containsExactly(
                "status.loadBalancer.ingress[1].ip: Invalid value: \"::ffff:10.43.0.10\": must be a valid IP address,"
                        + " (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "status.loadBalancer.ingress[2].ip: Invalid value: \"10.1\": must be a valid IP address, (e.g."
                        + " 10.9.8.7 or 2001:db8::ffff)");
    }

    @Test
    void whatWasStoredWhenNobodyLookedKeepsNobodyFromOtherChanges() {
        Struct told = at("10.1").withAt(Seq.of(Struct.of("type", "x", "status", "True")), "status", "conditions");
        assertThat(problems(at("10.1"), told)).isEmpty();
    }
}
