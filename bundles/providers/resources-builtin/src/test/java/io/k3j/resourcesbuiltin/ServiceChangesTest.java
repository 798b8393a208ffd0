package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceChangesTest {
    private static final Struct BOTH = Kit.yaml("""
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: default}
            spec:
              type: ClusterIP
              ipFamilyPolicy: PreferDualStack
              ipFamilies: [IPv4, IPv6]
              clusterIP: 10.43.0.5
              clusterIPs: [10.43.0.5, "fd00::5"]
              ports: [{port: 80}]
            """);
    private static final Struct BALANCED = Kit.yaml("""
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: default}
            spec:
              type: LoadBalancer
              loadBalancerClass: a.example/b
              allocateLoadBalancerNodePorts: true
              externalTrafficPolicy: Local
              healthCheckNodePort: 30001
              ports: [{port: 80}]
            """);
    private final Kit kit = new Kit();

    private Struct after(Struct before, Struct wanted) {
        return kit.hooks(wanted).prepared(kit.write(Operation.UPDATE, wanted, Optional.of(before), ""), wanted)
                .struct("spec");
    }

    @Test
    void whoAsksForOneFamilyGivesUpTheSecondWithItsAddress() {
        Struct single = BOTH.withAt("SingleStack", "spec", "ipFamilyPolicy");
        Struct spec = after(BOTH, single);
        assertThat(spec.seq("clusterIPs").texts()).containsExactly("10.43.0.5");
        assertThat(spec.seq("ipFamilies").texts()).containsExactly("IPv4");
        Struct applied = after(BOTH, single.withAt(Seq.EMPTY, "spec", "clusterIPs").withAt(Seq.of("IPv6", "IPv4"),
                "spec", "ipFamilies"));
        assertThat(applied.seq("ipFamilies").texts()).as("what the writer changes is judged as it is")
                .containsExactly("IPv6", "IPv4");
        assertThat(after(BOTH, BOTH).seq("clusterIPs").texts()).hasSize(2);
    }

    @Test
    void whatOnlyLoadBalancersHaveGoesWithTheType() {
        Struct spec = after(BALANCED, BALANCED.withAt("ClusterIP", "spec", "type"));
        for (String field : new String[] {"loadBalancerClass", "allocateLoadBalancerNodePorts",
                "externalTrafficPolicy", "healthCheckNodePort"}) {
            assertThat(spec.has(field)).as(field).isFalse();
        }
        Struct changed = BALANCED.withAt("ClusterIP", "spec", "type").withAt("a.example/c", "spec",
                "loadBalancerClass");
        assertThat(after(BALANCED, changed).text("loadBalancerClass")).as("what the writer sets is refused later")
                .isEqualTo("a.example/c");
    }

    private static Struct ports(Struct... ports) {
        return BALANCED.withAt(Seq.copyOf(List.of(ports)), "spec", "ports");
    }

    private static Struct port(String name, long number, long nodePort) {
        Struct port = Struct.of("name", name, "port", number);
        return nodePort == 0 ? port : port.with("nodePort", nodePort);
    }

    private static List<Long> nodePorts(Struct spec) {
        return spec.seq("ports").structs().stream().map(p -> p.whole("nodePort", 0)).toList();
    }

    @Test
    void aPortKeepsItsNodePortByItsName() {
        Struct before = ports(port("a", 80, 30_080), port("b", 81, 30_081));
        assertThat(nodePorts(after(before, ports(port("b", 80, 0), port("a", 81, 0)))))
                .containsExactly(30_081L, 30_080L);
        assertThat(nodePorts(after(before, ports(port("a", 80, 0), port("b", 81, 30_080)))))
                .as("unless another has it now").containsExactly(0L, 30_080L);
    }

    @Test
    void nodePortsGoWithTheTypeUnlessNewOnesAreAskedFor() {
        Struct before = ports(port("a", 80, 30_080), port("b", 81, 30_081));
        assertThat(nodePorts(after(before, before.withAt("ClusterIP", "spec", "type")))).containsExactly(0L, 0L);
        Struct changed = ports(port("a", 80, 30_080), port("b", 81, 30_082)).withAt("ClusterIP", "spec", "type");
        assertThat(nodePorts(after(before, changed))).as("which is refused later").containsExactly(30_080L, 30_082L);
    }

    @Test
    void whoNamesOneAddressNamesTheFirst() {
        Struct named = BOTH.with("spec", Struct.of("clusterIP", "10.43.0.5"));
        Struct made = kit.hooks(named).prepared(kit.write(Operation.CREATE, named, Optional.empty(), ""), named);
        assertThat(made.struct("spec").seq("clusterIPs").texts()).containsExactly("10.43.0.5");
        Struct unset = after(BOTH, BOTH.withAt("", "spec", "clusterIP").withoutAt("spec", "clusterIPs"));
        assertThat(unset.seq("clusterIPs").texts()).as("who names none keeps them").hasSize(2);
        Struct other = after(BOTH, BOTH.withAt("10.43.0.6", "spec", "clusterIP"));
        assertThat(other.seq("clusterIPs").texts()).containsExactly("10.43.0.6");
    }
}
